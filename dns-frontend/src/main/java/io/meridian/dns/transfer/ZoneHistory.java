package io.meridian.dns.transfer;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The latest changes of a zone; a bound drops the oldest. One thread adds, any thread may read. A
 * change dropped during a read leaves a gap, and with a gap the whole zone is sent.
 */
final class ZoneHistory {
    /**
     * @param to revision after the change
     */
    private record Step(long to, ZoneDifference difference) {
        /** Cost of a change in records; one without records counts as one. */
        int cost() {
            return 1 + difference.size();
        }
    }

    private final int bound;
    private final ConcurrentSkipListMap<Long, Step> steps = new ConcurrentSkipListMap<>();
    private int held;

    /**
     * @param bound records that are kept; each change counts as one more
     */
    ZoneHistory(int bound) {
        this.bound = bound;
    }

    /**
     * Adds a change.
     *
     * @param from revision before the change; if it is not the last one's {@code to}, older changes
     *     are dropped
     */
    void add(long from, long to, ZoneDifference difference) {
        Step step = new Step(to, difference);
        if (!steps.isEmpty() && steps.lastEntry().getValue().to() != from) {
            clear();
        }
        steps.put(from, step);
        held += step.cost();
        while (held > bound) {
            held -= steps.pollFirstEntry().getValue().cost();
        }
    }

    void clear() {
        steps.clear();
        held = 0;
    }

    /**
     * @return the changes between two revisions combined; empty if one of them is missing
     */
    Optional<ZoneDifference> between(long from, long to) {
        ZoneDifference.Builder sum = new ZoneDifference.Builder();
        long at = from;
        for (Map.Entry<Long, Step> entry : steps.tailMap(from).entrySet()) {
            if (at == to || entry.getKey() != at) {
                break;
            }
            sum.then(entry.getValue().difference());
            at = entry.getValue().to();
        }
        return at == to ? Optional.of(sum.build()) : Optional.empty();
    }
}
