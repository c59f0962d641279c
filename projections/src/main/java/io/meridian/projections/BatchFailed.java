package io.meridian.projections;

import java.io.Serial;
import java.util.List;

/** Thrown if a batch cannot be projected; its transaction is rolled back. */
final class BatchFailed extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private final transient List<QueuedEvent> events;
    private final Throwable failure;

    /**
     * @param events of the batch, one or more
     */
    BatchFailed(List<QueuedEvent> events, Throwable cause) {
        super(cause);
        this.failure = cause;
        this.events = List.copyOf(events);
    }

    Throwable failure() {
        return failure;
    }

    List<QueuedEvent> events() {
        return events;
    }
}
