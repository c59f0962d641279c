package io.meridian.simulator.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What waits to be written to one subscriber. Filled and ended from any thread, emptied by the
 * connection's own.
 */
public final class Outbox<T> {
    private final List<T> waiting = new ArrayList<>();
    private boolean ended;

    /** Adds it, unless the outbox has ended. */
    public synchronized void add(T item) {
        if (!ended) {
            waiting.add(item);
            notifyAll();
        }
    }

    public synchronized int size() {
        return waiting.size();
    }

    public synchronized boolean ended() {
        return ended;
    }

    /** From now on nothing is taken, not even what waits. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /**
     * Waits for something to write.
     *
     * @param until {@link System#nanoTime} at which the wait is over
     * @return all that waits, perhaps nothing; empty at the end
     */
    public synchronized Optional<List<T>> take(long until) {
        while (!ended && waiting.isEmpty()) {
            long nanos = until - System.nanoTime();
            if (nanos <= 0) {
                return Optional.of(List.of());
            }
            try {
                wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
        if (ended) {
            return Optional.empty();
        }
        List<T> batch = List.copyOf(waiting);
        waiting.clear();
        return Optional.of(batch);
    }
}
