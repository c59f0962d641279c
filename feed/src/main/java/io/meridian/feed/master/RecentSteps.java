package io.meridian.feed.master;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The newest steps of a table as text, bounded. One thread at a time. */
final class RecentSteps {
    private record Step(long from, long to, String changes, int rows) {}

    private final int maxSteps;
    private final int maxRows;
    private final Deque<Step> steps = new ArrayDeque<>();
    private int rows;

    /**
     * @param maxSteps 1 or more
     * @param maxRows upper bound for the changed rows of all steps together; the newest step is
     *     kept even if it is larger
     */
    RecentSteps(int maxSteps, int maxRows) {
        this.maxSteps = maxSteps;
        this.maxRows = maxRows;
    }

    /**
     * Adds a step that starts where the newest one ends.
     *
     * @param changes text of the step's changes
     * @param changedRows how many rows they change
     */
    void add(long from, long to, String changes, int changedRows) {
        if (!steps.isEmpty() && steps.getLast().to != from) {
            throw new IllegalArgumentException(
                    "step from " + from + " behind one to " + steps.getLast().to);
        }
        steps.add(new Step(from, to, changes, changedRows));
        rows += changedRows;
        while (steps.size() > 1 && (steps.size() > maxSteps || rows > maxRows)) {
            rows -= steps.removeFirst().rows;
        }
    }

    void clear() {
        steps.clear();
        rows = 0;
    }

    /** Whether {@link #since} returns texts. */
    boolean covers(long revision) {
        return since(revision).isPresent();
    }

    /**
     * Returns the texts of all steps behind a revision, oldest first; empty if no step starts at
     * that revision.
     */
    Optional<List<String>> since(long revision) {
        List<String> behind = new ArrayList<>();
        for (Iterator<Step> newest = steps.descendingIterator(); newest.hasNext(); ) {
            Step step = newest.next();
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
