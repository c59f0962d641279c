package io.meridian.dns.transfer;

import java.io.IOException;

/** Where the messages of one reply go, in order. */
@FunctionalInterface
public interface MessageSink {
    /**
     * Blocks until the message is on its way.
     *
     * @param message not kept
     * @param length how many of its bytes count, 12..65535
     * @throws IOException when the client is gone, or too slow
     */
    void send(byte[] message, int length) throws IOException;
}
