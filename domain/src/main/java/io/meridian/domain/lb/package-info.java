/**
 * Routes of the layer-7 load balancer: Marathon's apps with their {@code HAPROXY_} labels, and the
 * services that follow from them. Pure: a refused port becomes a {@link
 * io.meridian.domain.lb.Problem} and costs no other port.
 */
@NullMarked
package io.meridian.domain.lb;

import org.jspecify.annotations.NullMarked;
