/**
 * Many datagrams per system call: recvmmsg and sendmmsg of Linux through {@code java.lang.foreign}.
 */
package io.meridian.dns.kernel;
