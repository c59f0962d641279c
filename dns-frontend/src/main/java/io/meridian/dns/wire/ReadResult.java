package io.meridian.dns.wire;

/** What bytes from a client rotated out to be. */
public sealed interface ReadResult
        permits Query, ReadResult.Silence, ReadResult.Malformed, Rejection {
    /** Too short to carry an id, or itself a reply: answering could start a loop. */
    record Silence() implements ReadResult {
        static final Silence INSTANCE = new Silence();
    }

    /** No readable question: the reply is a bare header. */
    record Malformed(Header header, ResponseCode code) implements ReadResult {}
}
