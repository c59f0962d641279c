package io.meridian.bench;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.master.RevisionsGone;
import io.meridian.feed.master.TableStore;
import io.meridian.feed.text.RowText;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/** A table in memory with all its deltas; stands in for the database of a master. */
final class MemoryStore<R extends Row> implements TableStore {
    private final RowText<R> text;
    private final Set<R> rows;
    private final List<Step> steps = new ArrayList<>();
    private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();

    MemoryStore(RowText<R> text, List<R> rows) {
        this.text = text;
        this.rows = new LinkedHashSet<>(rows);
    }

    void commit(List<Change<R>> changes) {
        long revision;
        synchronized (this) {
            for (Change<R> change : changes) {
                if (change.added()) {
                    rows.add(change.row());
                } else {
                    rows.remove(change.row());
                }
            }
            revision = steps.size() + 1L;
            steps.add(new Step(revision, text.changes(changes)));
        }
        listeners.forEach(listener -> listener.accept(revision));
    }

    @Override
    public synchronized CompletionStage<Long> readAll(BiConsumer<String, String> reader) {
        rows.stream()
                .collect(Collectors.groupingBy(Row::owner))
                .forEach((owner, owned) -> reader.accept(owner, text.rows(owned)));
        return CompletableFuture.completedFuture((long) steps.size());
    }

    @Override
    public synchronized CompletionStage<List<Step>> readAfter(long revision, int limit) {
        if (revision > steps.size()) {
            return CompletableFuture.failedFuture(new RevisionsGone("bench", revision));
        }
        int from = (int) revision;
        return CompletableFuture.completedFuture(
                List.copyOf(steps.subList(from, Math.min(steps.size(), from + limit))));
    }

    @Override
    public void onCommitted(LongConsumer listener) {
        listeners.add(listener);
    }
}
