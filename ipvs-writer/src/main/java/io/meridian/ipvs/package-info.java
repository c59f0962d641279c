/**
 * What this host's kernel should hold, what it holds, and the operations between the two. Pure: no
 * clock, no sockets, no logger.
 */
package io.meridian.ipvs;
