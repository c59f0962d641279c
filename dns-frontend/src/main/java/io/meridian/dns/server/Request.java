package io.meridian.dns.server;

/**
 * One message of a client.
 *
 * @param packet holds the message from index 0; the receiver does not keep it
 * @param length of the message in bytes
 */
public record Request(byte[] packet, int length, Peer peer) {
    /**
     * AD in the header: the client wants to learn whether the answer is validated (RFC 6840 5.7).
     */
    boolean wantsAuthenticData() {
        return (packet[3] & 0x20) != 0;
    }
}
