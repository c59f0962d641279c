package io.meridian.dns.server;

import io.meridian.dns.forward.Upstreams;
import io.meridian.dns.transfer.MessageStream;
import io.meridian.dns.wire.Query;

/** What the server does with one message of a client. */
public sealed interface Outcome {
    /** Send the first {@code length} bytes of the writer's buffer. */
    record Reply(int length) implements Outcome {}

    /** Send every message of the stream in order; over TCP only, on a thread that may block. */
    record Stream(MessageStream messages) implements Outcome {}

    /** Send nothing. */
    record Silence() implements Outcome {}

    /**
     * Call {@link QueryHandler#forward} on a thread that may block. The query holds one of the
     * places for pending queries until then.
     *
     * @param wantsAuthenticData see {@link Request#wantsAuthenticData}
     * @param servers upstream servers to ask
     */
    record Forward(Query query, boolean wantsAuthenticData, Peer peer, Upstreams.Choice servers)
            implements Outcome {}
}
