package io.meridian.ipvs.reconcile;

import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Unwraps the exception of another thread from completion and unchecked I/O exceptions. */
final class RootCause {
    private RootCause() {}

    static Throwable of(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof UncheckedIOException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The message of the root cause; its string form if it has none. */
    static String message(Throwable thrown) {
        Throwable cause = of(thrown);
        return Optional.ofNullable(cause.getMessage()).orElseGet(cause::toString);
    }
}
