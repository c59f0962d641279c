/** The parts of one node, the order in which they start, and how they stop. */
package io.meridian.controlplane.node;
