package io.meridian.sources.http;

import akka.http.scaladsl.model.EntityStreamException;
import akka.stream.StreamTcpException;

import io.meridian.sources.json.UnreadableJson;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/**
 * A server or proxy sent an unexpected response, or a request could not be sent. The message is a
 * complete cause for operators; there is no stack trace.
 */
public final class RequestFailedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    public RequestFailedException(String message) {
        super(message, null, false, false);
    }

    /**
     * The failure to reach a server, with the server that redirected there if one did.
     *
     * @param failure what the HTTP client reported
     */
    static RequestFailedException toReach(Server server, Throwable failure) {
        String cause = describe(failure);
        if (server.base().equals(server.origin())) {
            return new RequestFailedException(cause);
        }
        return new RequestFailedException(
                root(failure) instanceof UnknownHostException
                        ? "%s redirects to %s, which has no address"
                                .formatted(server.origin(), server.base().getAuthority())
                        : "%s redirects to %s, which cannot be reached: %s"
                                .formatted(server.origin(), server.base().getAuthority(), cause));
    }

    /**
     * One phrase for logs and signals. The phrase names the exception's type unless the message is
     * self-explanatory.
     */
    public static String describe(Throwable failure) {
        Throwable root = root(failure);
        String message = root.getMessage() == null ? "" : root.getMessage();
        return switch (root) {
            case RequestFailedException _ -> message;
            case UnreadableJson _ -> "unreadable answer: " + message;
            case TimeoutException _ -> message.isEmpty() ? "timed out" : "timed out: " + message;
            case EntityStreamException _ ->
                    "the server closed the connection in the middle of an answer";
            case UnknownHostException _ -> "no address is known for host " + message;
            case ConnectException _ -> "cannot connect: " + message;
            default ->
                    message.isEmpty()
                            ? root.toString()
                            : root.getClass().getSimpleName() + ": " + message;
        };
    }

    /** Without wrappers, and without Akka's exception round a failure of the network. */
    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null
                && (root instanceof CompletionException
                        || root instanceof IOException
                        || root instanceof UncheckedIOException
                        || root instanceof StreamTcpException)) {
            root = root.getCause();
        }
        return root;
    }
}
