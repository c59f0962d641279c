package io.meridian.dns.wire;

/** The result of reading a client's message. */
public sealed interface ReadResult
        permits Query, ReadResult.Silence, ReadResult.Malformed, Rejection {
    /**
     * The message gets no reply: it has no id, or is a reply itself, so that an answer could start
     * a loop.
     */
    record Silence() implements ReadResult {
        static final Silence INSTANCE = new Silence();
    }

    /** The question is malformed; the reply is a header only. */
    record Malformed(Header header, ResponseCode code) implements ReadResult {}
}
