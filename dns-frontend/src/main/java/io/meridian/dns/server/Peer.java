package io.meridian.dns.server;

import java.net.InetSocketAddress;

/**
 * The sender of a message.
 *
 * @param address over UDP the sender may have forged it
 * @param tcp whether the message came over TCP
 */
public record Peer(InetSocketAddress address, boolean tcp) {}
