/**
 * Mesos masters as a source: the v1 operator API's event stream, or polling of older masters, to
 * observations of tasks and claims about agents, frameworks and masters (specs: marathon-mesos-api
 * 5).
 *
 * <p>{@code RecordReader} cuts bytes into records, {@code MessageReader} reads events, {@code
 * MesosFold} merges them into the known state, {@code MesosProcessor} decides what to ask and
 * signal. All of these are pure. {@link io.meridian.sources.mesos.MesosSource}, an actor, executes.
 */
package io.meridian.sources.mesos;
