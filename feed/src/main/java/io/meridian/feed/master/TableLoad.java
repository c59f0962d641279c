package io.meridian.feed.master;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.ImageBuilder;
import io.meridian.domain.table.Row;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.TableType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Builds the image and the digest of a table while its texts arrive. The common pool reads the
 * texts in chunks; the thread that they arrive on reads a chunk itself while the pool is behind, so
 * chunks do not pile up.
 */
final class TableLoad<R extends Row, I extends Image<R, I>> {
    private static final int OWNERS = 200; // in a chunk: a few thousand rows
    private static final int ROWS = 16; // of an owner, usually fewer
    private static final int MAX_WAITING = 8; // chunks

    /**
     * @param owner of all the rows
     */
    private record OwnerText(String owner, String rows) {}

    private final TableType<R, I> type;
    private final ImageBuilder<R, I> builder;
    private final LongAdder digest = new LongAdder();
    private final List<CompletableFuture<Void>> chunks = new ArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private List<OwnerText> next = new ArrayList<>(OWNERS);

    TableLoad(TableType<R, I> type) {
        this.type = type;
        this.builder = type.builder().get();
    }

    /**
     * Takes the rows of one owner, each owner once. One call after the other.
     *
     * @throws io.meridian.feed.text.UnreadableText if a chunk that this thread reads is damaged
     */
    void add(String owner, String rows) {
        next.add(new OwnerText(owner, rows));
        if (next.size() == OWNERS) {
            submit();
        }
    }

    /**
     * Returns the table once all texts are read. Called once, after the last {@link #add}; fails
     * with {@link io.meridian.feed.text.UnreadableText} if one of them is damaged.
     */
    CompletionStage<LoadedTable<R, I>> finish(long revision) {
        submit();
        return CompletableFuture.allOf(chunks.toArray(CompletableFuture[]::new))
                .thenApply(
                        read ->
                                new LoadedTable<>(
                                        revision,
                                        builder.image(),
                                        ImageDigest.EMPTY + digest.sum()));
    }

    private void submit() {
        List<OwnerText> chunk = next;
        next = new ArrayList<>(OWNERS);
        if (waiting.get() >= MAX_WAITING) {
            read(chunk);
            return;
        }
        waiting.incrementAndGet();
        chunks.add(CompletableFuture.runAsync(() -> readLater(chunk), ForkJoinPool.commonPool()));
    }

    private void readLater(List<OwnerText> chunk) {
        waiting.decrementAndGet();
        read(chunk);
    }

    private void read(List<OwnerText> chunk) {
        List<R> rows = new ArrayList<>(ROWS * chunk.size());
        for (OwnerText text : chunk) {
            type.text().addRows(text.owner(), text.rows(), rows);
        }
        builder.add(rows);
        digest.add(ImageDigest.part(type, rows));
    }
}
