package io.meridian.feed.master;

import io.meridian.feed.text.RowText;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/**
 * Reads one table for a master, as {@link RowText}. Methods may be called from any thread and do
 * not block. A stage fails if the database is away; the caller retries later.
 */
public interface TableStore {
    /**
     * The changes of one commit. Every revision has a step, even a commit that changed no row.
     *
     * @param changes text of {@link RowText#changes(String)}
     */
    record Step(long revision, String changes) {}

    /**
     * Reads the whole table as one transaction saw it.
     *
     * @param reader accepts each owner and the text of its rows, see {@link RowText#rows(String,
     *     String)}; in any order, each owner once, one call after the other, before the stage is
     *     done; must not block
     * @return the revision of the last commit in the table, 0 or more; fails if {@code reader}
     *     does, possibly after some calls
     */
    CompletionStage<Long> readAll(BiConsumer<String, String> reader);

    /**
     * Reads the steps behind a revision, oldest first: {@code revision + 1}, {@code revision + 2}
     * and so on, without a gap. Fails with {@link RevisionsGone} if some of them are pruned, or if
     * {@code revision} is ahead of the table (the database was restored from an older backup).
     *
     * @param limit largest number of steps, 1 or more
     */
    CompletionStage<List<Step>> readAfter(long revision, int limit);

    /**
     * Registers a listener that is called after each commit with the new revision. A call is a hint
     * only: it may be lost, repeated or late.
     *
     * @param listener called from any thread; must not block
     */
    void onCommitted(LongConsumer listener);
}
