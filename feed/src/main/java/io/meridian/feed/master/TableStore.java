package io.meridian.feed.master;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Where a master reads one table from. Methods may be called from any thread and never block; a
 * stage fails if the database is away, and the caller asks again later.
 */
public interface TableStore<R extends Row> {
    /**
     * The whole table as one transaction saw it.
     *
     * @param revision of the last commit in it, 0 or more
     * @param rows in any order, without duplicates
     */
    record Whole<R extends Row>(long revision, List<R> rows) {
        public Whole {
            rows = List.copyOf(rows);
        }
    }

    /** What one commit changed. Every revision has its step, even one that changed nothing. */
    record Step<R extends Row>(long revision, List<Change<R>> changes) {
        public Step {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Reads the whole table as one transaction saw it.
     *
     * @param reader told of all rows, some at a time, in any order, each once; by any threads, by
     *     several at once, before the stage is done
     * @return the revision of the last commit in it, 0 or more; fails if {@code reader} does, and
     *     then it may have been told of some rows
     */
    CompletionStage<Long> readAll(Consumer<List<R>> reader);

    /** The same as a list. */
    default CompletionStage<Whole<R>> readAll() {
        Queue<R> rows = new ConcurrentLinkedQueue<>();
        return readAll(rows::addAll)
                .thenApply(revision -> new Whole<>(revision, List.copyOf(rows)));
    }

    /**
     * The steps behind a revision, oldest first: {@code revision + 1}, {@code revision + 2} and so
     * on, none left out. Fails with {@link RevisionsGone} if some of them are pruned, or if {@code
     * revision} is ahead of the table (the database was restored from an older backup).
     *
     * @param limit at most so many steps, 1 or more
     */
    CompletionStage<List<Step<R>>> readAfter(long revision, int limit);

    /**
     * Registers who is told after each commit, with the new revision, as soon as it is known. A
     * nudge only: it may be lost, repeated or late. Called from any thread; must return at once.
     */
    void onCommitted(LongConsumer listener);
}
