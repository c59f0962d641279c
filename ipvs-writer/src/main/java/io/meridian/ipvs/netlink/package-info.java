/**
 * Netlink through {@link java.lang.foreign}, the only package here that uses it: sockets, messages,
 * and the codecs of generic netlink's IPVS family and of rtnetlink. Numbers cite {@code
 * /usr/include/linux}.
 */
package io.meridian.ipvs.netlink;
