package io.meridian.projections;

import io.meridian.domain.table.Row;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Makes rows of a table's texts while more of them arrive, beside the thread that they arrive on.
 * That one helps while the others are behind, so texts don't pile up.
 */
final class TextReading<R extends Row> {
    private static final int OWNERS = 200; // at once: a few thousand rows
    private static final int ROWS = 16; // of an owner, most times fewer
    private static final int WAITING = 8;

    /**
     * @param owner of all those rows
     */
    private record OfOwner(String owner, String rows) {}

    private final RowText<R> text;
    private final Consumer<List<R>> reader;
    private final List<CompletableFuture<Void>> parts = new ArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private List<OfOwner> next = new ArrayList<>(OWNERS);

    /**
     * @param reader told of all rows, by any threads, by several at once
     */
    TextReading(RowText<R> text, Consumer<List<R>> reader) {
        this.text = text;
        this.reader = reader;
    }

    /** One call after the other. */
    void take(String owner, String rows) {
        next.add(new OfOwner(owner, rows));
        if (next.size() == OWNERS) {
            send();
        }
    }

    /** Done when the reader has been told of all that was taken; fails if that failed. */
    CompletionStage<Void> end() {
        send();
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    }

    private void send() {
        List<OfOwner> part = next;
        next = new ArrayList<>(OWNERS);
        if (waiting.get() >= WAITING) {
            read(part);
            return;
        }
        waiting.incrementAndGet();
        parts.add(
                CompletableFuture.runAsync(
                        () -> {
                            waiting.decrementAndGet();
                            read(part);
                        },
                        ForkJoinPool.commonPool()));
    }

    private void read(List<OfOwner> part) {
        List<R> rows = new ArrayList<>(ROWS * part.size());
        for (OfOwner one : part) {
            text.addRows(one.owner(), one.rows(), rows);
        }
        reader.accept(rows);
    }
}
