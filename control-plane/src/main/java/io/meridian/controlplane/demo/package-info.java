/** {@code meridian demo}: a node, a simulated Marathon and a simulated Mesos in one process. */
package io.meridian.controlplane.demo;
