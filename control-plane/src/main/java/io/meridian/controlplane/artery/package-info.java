/** Checks the bytes of cluster connections before Akka reads them. See docs/adr/0027. */
package io.meridian.controlplane.artery;
