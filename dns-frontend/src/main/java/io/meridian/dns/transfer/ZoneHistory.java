package io.meridian.dns.transfer;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A zone's last steps, oldest forgotten first. One thread adds, any may read: a step that is
 * forgotten meanwhile leaves a gap, and a gap means that the whole zone has to be sent.
 */
final class ZoneHistory {
    /**
     * @param to the revision after it
     */
    private record Step(long to, ZoneDifference difference) {
        /** A step without a record costs memory too. */
        int cost() {
            return 1 + difference.size();
        }
    }

    private final int bound;
    private final ConcurrentSkipListMap<Long, Step> steps = new ConcurrentSkipListMap<>();
    private int held;

    /**
     * @param bound most records held, each step counting as one more
     */
    ZoneHistory(int bound) {
        this.bound = bound;
    }

    /**
     * Adds what led from one revision to a later one.
     *
     * @param from where the step before ended, or the history starts anew here
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
     * @return empty if not every step between is known
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
