/** The HTTP APIs of Mesos-DNS and of dcos-net, over what this node serves. */
package io.meridian.controlplane.compat;
