/**
 * A Mesos cluster for tests and the demo: simulated agents, frameworks and tasks, and masters that
 * report them over real HTTP as Mesos 1.11 does (specs: marathon-mesos-api 5).
 */
package io.meridian.simulator.mesos;
