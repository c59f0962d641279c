package io.meridian.simulator.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Queue of what is to be written to one subscriber. Any thread adds and ends; the connection's
 * thread takes.
 */
public final class Outbox<T> {
    private final List<T> waiting = new ArrayList<>();
    private boolean ended;

    /** Adds an item, unless the outbox has ended. */
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

    /** Ends the outbox: queued items are dropped and later ones ignored. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /**
     * Waits for items.
     *
     * @param until {@link System#nanoTime} at which the wait is over
     * @return all queued items, perhaps none; an empty optional once the outbox has ended
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
