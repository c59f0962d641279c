/**
 * Desired and observed state of this host's kernel, and the operations between the two. Pure: no
 * clock, no sockets, no logger.
 */
package io.meridian.ipvs;
