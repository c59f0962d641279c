package io.meridian.sources.http;

import java.util.List;

/**
 * What a source learns from its {@link Subscription}, in order. {@link Ended} is always the last.
 *
 * @param <E> decoded event
 */
public sealed interface StreamEvent<E> {
    /** The server answered 200 with a stream. */
    record Opened<E>(Server server) implements StreamEvent<E> {}

    /** The server has no event stream. */
    record Unsupported<E>(Server server, int status) implements StreamEvent<E> {}

    /** Events in the order of the stream; at least one. */
    record Received<E>(List<E> events) implements StreamEvent<E> {
        public Received {
            events = List.copyOf(events);
        }
    }

    /**
     * @param cause empty if the server ended the stream regularly
     */
    record Ended<E>(String cause) implements StreamEvent<E> {}
}
