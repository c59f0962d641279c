package io.meridian.sources.marathon;

import java.net.URI;

/** What comes out of an event stream connection. */
sealed interface StreamPart {
    /**
     * The answer was 200.
     *
     * @param base where the stream and so the REST API is, after redirects
     * @param from where we asked first
     * @param leader {@code host:port}; empty if the answer names none
     */
    record Opened(URI base, URI from, String leader) implements StreamPart {}

    /** As read from the socket. */
    record Bytes(byte[] bytes) implements StreamPart {}

    /** The answer was a redirect that may be followed. Last part of its connection. */
    record Redirected(URI target) implements StreamPart {}

    /** The body has ended. Last part of its connection, which may still be open. */
    record Ended() implements StreamPart {}
}
