/** Declares Prometheus metrics of a status that is read when Prometheus asks. */
@NullMarked
package io.meridian.controlplane.metrics;

import org.jspecify.annotations.NullMarked;
