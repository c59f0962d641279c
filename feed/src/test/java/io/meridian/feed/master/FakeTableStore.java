package io.meridian.feed.master;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
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

/**
 * A table in memory with the failures of a database: unreachable, pruned, restored from a backup,
 * no announcements of commits.
 */
public final class FakeTableStore<R extends Row> implements TableStore {
    private final RowText<R> text;
    private final Set<R> rows = new LinkedHashSet<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();
    private long revision;
    private long pruned; // steps up to this revision are deleted
    private boolean away;
    private boolean silent;
    private int wholeReads;

    public FakeTableStore(RowText<R> text) {
        this.text = text;
    }

    /**
     * @return the new revision
     */
    public long commit(List<Change<R>> changes) {
        long now;
        boolean tell;
        synchronized (this) {
            for (Change<R> change : changes) {
                if (change.added()) {
                    rows.add(change.row());
                } else {
                    rows.remove(change.row());
                }
            }
            revision++;
            steps.add(new Step(revision, text.changes(changes)));
            now = revision;
            tell = !silent;
        }
        if (tell) {
            listeners.forEach(listener -> listener.accept(now));
        }
        return now;
    }

    public synchronized void away(boolean isAway) {
        away = isAway;
    }

    public synchronized void silent(boolean isSilent) {
        silent = isSilent;
    }

    public synchronized void prune() {
        steps.clear();
        pruned = revision;
    }

    /** Replaces all rows and the revision, as a restored backup does. */
    public synchronized void restore(long toRevision, List<R> toRows) {
        steps.clear();
        rows.clear();
        rows.addAll(toRows);
        revision = toRevision;
        pruned = toRevision;
    }

    public synchronized long revision() {
        return revision;
    }

    public synchronized List<R> rows() {
        return List.copyOf(rows);
    }

    public synchronized int wholeReads() {
        return wholeReads;
    }

    @Override
    public synchronized CompletionStage<Long> readAll(BiConsumer<String, String> reader) {
        if (away) {
            return CompletableFuture.failedFuture(new IllegalStateException("database away"));
        }
        wholeReads++;
        rows.stream()
                .collect(Collectors.groupingBy(Row::owner))
                .forEach((owner, owned) -> reader.accept(owner, text.rows(owned)));
        return CompletableFuture.completedFuture(revision);
    }

    @Override
    public synchronized CompletionStage<List<Step>> readAfter(long after, int limit) {
        if (away) {
            return CompletableFuture.failedFuture(new IllegalStateException("database away"));
        }
        if (after < pruned || after > revision) {
            return CompletableFuture.failedFuture(new RevisionsGone("fake", after));
        }
        return CompletableFuture.completedFuture(
                steps.stream().filter(step -> step.revision() > after).limit(limit).toList());
    }

    @Override
    public void onCommitted(LongConsumer listener) {
        listeners.add(listener);
    }
}
