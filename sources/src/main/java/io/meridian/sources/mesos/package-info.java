/**
 * Mesos masters: the v1 operator API's stream, or polling of old masters, to observations of tasks
 * and claims about agents, frameworks and masters (specs: marathon-mesos-api 5).
 */
package io.meridian.sources.mesos;
