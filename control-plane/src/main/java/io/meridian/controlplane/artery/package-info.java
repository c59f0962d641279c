/** Checks the bytes of cluster connections before Akka reads them. See docs/adr/0028. */
package io.meridian.controlplane.artery;
