/** A large Mesos cluster, told of by one simulated master. */
package io.meridian.bench.mesos;
