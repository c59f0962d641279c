/**
 * A Mesos cluster for tests and the demo: agents, frameworks and tasks that are made up, and
 * masters that tell of them over real HTTP as Mesos 1.11 does (specs: marathon-mesos-api 5).
 */
package io.meridian.simulator.mesos;
