package io.meridian.feed.master;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.Delta;
import io.meridian.feed.TableType;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The last steps of a table, bounded. Used by one thread at a time. */
final class RecentSteps<R extends Row> {
    private record Step<R extends Row>(long from, long to, List<Change<R>> changes) {}

    private final TableType<R, ?> type;
    private final int maxSteps;
    private final int maxChanges;
    private final Deque<Step<R>> steps = new ArrayDeque<>();
    private int changes;

    /**
     * @param maxSteps 1 or more
     * @param maxChanges in all steps together; the newest step is kept even if it is larger
     */
    RecentSteps(TableType<R, ?> type, int maxSteps, int maxChanges) {
        this.type = type;
        this.maxSteps = maxSteps;
        this.maxChanges = maxChanges;
    }

    /** Adds an exact step that starts where the one before it ended. */
    void add(long from, long to, List<Change<R>> stepChanges) {
        if (!steps.isEmpty() && steps.getLast().to != from) {
            throw new IllegalArgumentException(
                    "step from " + from + " behind one to " + steps.getLast().to);
        }
        steps.add(new Step<>(from, to, stepChanges));
        changes += stepChanges.size();
        while (steps.size() > 1 && (steps.size() > maxSteps || changes > maxChanges)) {
            changes -= steps.removeFirst().changes.size();
        }
    }

    void clear() {
        steps.clear();
        changes = 0;
    }

    /** Whether {@link #since} would give something. */
    boolean covers(long revision) {
        return start(revision).isPresent();
    }

    /**
     * All that was changed behind a revision, as one exact delta; empty if the steps don't reach
     * back to it.
     */
    Optional<List<Change<R>>> since(long revision) {
        return start(revision).map(behind -> Delta.sum(type, behind));
    }

    private Optional<List<List<Change<R>>>> start(long revision) {
        List<List<Change<R>>> behind = new ArrayList<>();
        for (Iterator<Step<R>> newest = steps.descendingIterator(); newest.hasNext(); ) {
            Step<R> step = newest.next();
            if (step.from < revision) {
                return Optional.empty();
            }
            behind.add(step.changes);
            if (step.from == revision) {
                Collections.reverse(behind);
                return Optional.of(behind);
            }
        }
        return Optional.empty();
    }
}
