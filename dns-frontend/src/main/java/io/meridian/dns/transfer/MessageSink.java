package io.meridian.dns.transfer;

import java.io.IOException;

/** Sends the messages of one reply in order. */
@FunctionalInterface
public interface MessageSink {
    /**
     * Blocks until the message is handed to the connection.
     *
     * @param message not kept
     * @param length of the message, 12..65535 bytes
     * @throws IOException if the client has closed the connection or exceeded its time limit
     */
    void send(byte[] message, int length) throws IOException;
}
