package io.meridian.sources.http;

import io.meridian.sources.json.UnreadableJson;

import java.io.Serial;
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
     * One phrase for logs and signals. The phrase names the exception's type unless the message is
     * self-explanatory.
     */
    public static String describe(Throwable failure) {
        Throwable root = failure;
        while (root instanceof CompletionException && root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? "" : root.getMessage();
        return switch (root) {
            case RequestFailedException _ -> message;
            case UnreadableJson _ -> "unreadable answer: " + message;
            case TimeoutException _ -> message.isEmpty() ? "timed out" : "timed out: " + message;
            default ->
                    message.isEmpty()
                            ? root.toString()
                            : root.getClass().getSimpleName() + ": " + message;
        };
    }
}
