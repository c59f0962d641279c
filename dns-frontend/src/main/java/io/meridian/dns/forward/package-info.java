/**
 * Forwards queries for names outside our zones to upstream servers, and caches their answers (ADR
 * 0013).
 */
@NullMarked
package io.meridian.dns.forward;

import org.jspecify.annotations.NullMarked;
