/**
 * DNS names and what they stand for: naming rules and the zone table's rows and images. Pure; no
 * clock, no sockets.
 */
package io.meridian.domain.zone;
