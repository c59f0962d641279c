/** {@code meridian demo}: a node and a simulated Marathon in one process. */
package io.meridian.controlplane.demo;
