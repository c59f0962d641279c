package io.meridian.dns.transfer;

import java.io.IOException;

/** A reply of several messages, encoded while they are sent. */
@FunctionalInterface
public interface MessageStream {
    /** Encodes and sends all messages; blocks. The caller calls it at most once. */
    void writeTo(MessageSink sink) throws IOException;
}
