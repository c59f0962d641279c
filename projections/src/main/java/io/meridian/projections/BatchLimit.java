package io.meridian.projections;

/**
 * Maximum number of events in a projection's next batch. Halves after a failure that one of the
 * batch's events caused, so that the event is found in a batch of its own; doubles after a success.
 * Pure.
 *
 * @param events 1 to {@code max}
 */
record BatchLimit(int events, int max) {
    static BatchLimit of(int max) {
        return new BatchLimit(max, max);
    }

    BatchLimit afterSuccess() {
        return new BatchLimit((int) Math.min(2L * events, max), max);
    }

    /**
     * @param size number of events in the batch that failed, 2 or more
     */
    BatchLimit afterFailure(int size) {
        return new BatchLimit(Math.max(1, size / 2), max);
    }
}
