package io.meridian.sources.http;

/** An element of an event stream connection. */
sealed interface StreamPart {
    /** The stream is open; first part, {@link Bytes} follow. */
    record Opened(Server server) implements StreamPart {}

    /** The server has no event stream; the only part. */
    record Unsupported(Server server, int status) implements StreamPart {}

    /** Bytes as read from the socket, at least one. */
    record Bytes(byte[] bytes) implements StreamPart {}
}
