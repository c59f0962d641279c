package io.meridian.ipvs.reconcile;

import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What went wrong on another thread, without what the way from there has wrapped around it. */
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

    /** In words. */
    static String message(Throwable thrown) {
        Throwable cause = of(thrown);
        return Optional.ofNullable(cause.getMessage()).orElseGet(cause::toString);
    }
}
