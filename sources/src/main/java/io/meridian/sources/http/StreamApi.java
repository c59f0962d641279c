package io.meridian.sources.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaType;

import java.net.URI;

/** The particulars of one API's event stream; {@link EventStreamConnection} does the rest. */
public interface StreamApi {
    /** The server's name for messages, such as {@code Marathon}. */
    String serverName();

    /** Path below the base URL; a redirect must lead to the same one. */
    String endpoint();

    /** The request that opens the stream, without credentials; its URI is a path. */
    HttpRequest request(URI base);

    /** Content type of a response that is the stream. */
    MediaType mediaType();

    /** Redirects to follow before the attempt fails. */
    int maxRedirects();

    /** Whether this error status means that the server has no event stream. */
    boolean isUnsupported(int status);

    /**
     * The clause that names another kind of server which sent this response; empty if it may be the
     * server of this API.
     */
    String otherServer(HttpResponse response);

    /** The operator's next check after this error status; empty if the status explains itself. */
    String hint(int status);

    /** As {@link Server#leader}. */
    String leader(HttpResponse response);
}
