package io.meridian.controlplane.node;

import io.meridian.domain.time.SteadyClock;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks the database a cheap question, and keeps the result. Any thread. */
final class DatabaseProbe {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private volatile Result last = new Result(Optional.empty(), 0);

    /**
     * @param outage empty while the database answers
     * @param latencySeconds seconds that the last question took
     */
    record Result(Optional<Outage> outage, double latencySeconds) {}

    /**
     * @param why a sentence
     * @param since time of the first question without an answer, by {@link SteadyClock}
     */
    record Outage(String why, Instant since) {}

    /** The last result; without an outage before the first. */
    Result last() {
        return last;
    }

    /** Notes that the database cannot be asked. */
    void failed(String why) {
        Instant since = last.outage().map(Outage::since).orElseGet(SteadyClock.INSTANCE::instant);
        last = new Result(Optional.of(new Outage(why, since)), 0);
    }

    /** Asks; {@link #last} has the result later. */
    void ask(Supplier<CompletionStage<?>> question) {
        long began = System.nanoTime();
        var _ =
                question.get()
                        .toCompletableFuture()
                        .copy()
                        .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                        .whenComplete(
                                (_, failure) -> {
                                    if (failure == null) {
                                        double seconds = (System.nanoTime() - began) / 1e9;
                                        last = new Result(Optional.empty(), seconds);
                                    } else {
                                        failed("the database does not answer: " + text(failure));
                                    }
                                });
    }

    private static String text(Throwable failure) {
        Throwable cause = failure.getCause();
        if (failure instanceof CompletionException && cause != null) {
            return text(cause);
        }
        String message = failure.getMessage();
        return message == null
                ? "nothing within " + LIMIT.toSeconds() + " s"
                : message.lines().findFirst().orElse("");
    }
}
