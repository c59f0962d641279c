/** The HTTP APIs of Mesos-DNS and of dcos-net, answered from the tables that this node serves. */
package io.meridian.controlplane.compat;
