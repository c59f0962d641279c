/**
 * Netlink (RFC 3549, netlink(7)): sockets, messages, attributes, generic netlink's family lookup,
 * and rtnetlink's interfaces and host routes. Constants cite {@code /usr/include/linux}. A caller
 * adds a codec for its own generic netlink family.
 */
@NullMarked
package io.meridian.netlink;

import org.jspecify.annotations.NullMarked;
