package io.meridian.dns.transfer;

import java.io.IOException;

/** A reply of several messages, made as they are sent. */
@FunctionalInterface
public interface MessageStream {
    /** Blocks; to be called once, or not at all if the client is gone. */
    void writeTo(MessageSink sink) throws IOException;
}
