/** The Mesos cluster as its master reports it: the data that DNS names derive from. */
package io.meridian.domain.mesos;
