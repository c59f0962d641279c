/** What one node starts, in which order, and how it stops. */
package io.meridian.controlplane.node;
