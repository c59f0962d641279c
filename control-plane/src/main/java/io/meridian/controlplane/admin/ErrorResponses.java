package io.meridian.controlplane.admin;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Answers for requests that failed. An {@link UnavailableException} is an outage: 503 with its
 * message, one log line without stack. Any other exception is a fault of this program: 500 with an
 * id, and the log has the stack under the same id.
 */
final class ErrorResponses {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorResponses.class);

    private ErrorResponses() {}

    /**
     * @param path of the request
     */
    static HttpResponse of(String path, Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof UnavailableException) {
            LOG.warn("cannot answer: path={}: {}", path, cause.getMessage());
            return ProblemDetails.response(StatusCodes.SERVICE_UNAVAILABLE, cause.getMessage());
        }
        String id = "urn:uuid:" + UUID.randomUUID();
        LOG.error("cannot answer: path={} instance={}", path, id, cause);
        return new ProblemDetails(
                        StatusCodes.INTERNAL_SERVER_ERROR,
                        "an internal error of this node; its log has the cause under " + id,
                        id)
                .response();
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper =
                failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapper && cause != null ? unwrapped(cause) : failure;
    }
}
