package io.meridian.sources.mesos;

import java.net.URI;

/** What comes out of a subscription. */
sealed interface StreamPart {
    /**
     * The answer was 200.
     *
     * @param base where the stream is, after redirects
     * @param from where we asked first
     */
    record Opened(URI base, URI from) implements StreamPart {}

    /** As read from the socket. */
    record Bytes(byte[] bytes) implements StreamPart {}

    /** The answer was a redirect that may be followed. Last part of its connection. */
    record Redirected(URI target) implements StreamPart {}

    /** This master has no event stream. Last part of its connection. */
    record Unsupported(URI base, URI from, int status) implements StreamPart {}

    /** The body has ended. Last part of its connection, which may still be open. */
    record Ended() implements StreamPart {}
}
