/**
 * Sends and receives many datagrams per system call: recvmmsg and sendmmsg of Linux through {@code
 * java.lang.foreign}.
 */
@NullMarked
package io.meridian.dns.kernel;

import org.jspecify.annotations.NullMarked;
