package io.meridian.controlplane.node;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * In which order seeds are asked. Only the first of the list may begin a cluster of its own, and it
 * may be gone for good: so of the masters that got nowhere the first that runs takes its place. Two
 * that begin at once do no harm: neither works before it has more than half of all masters. Pure.
 */
final class SeedOrder {
    private SeedOrder() {}

    /**
     * @param attempt how often joining came to nothing, 0 or more
     * @param runs whether a connection to this seed is taken; asked only when it matters
     * @param chance at random: a seed before this one that takes connections and never answers must
     *     not be waited for forever
     */
    static List<String> of(
            List<String> seeds, String self, int attempt, Predicate<String> runs, boolean chance) {
        int own = seeds.indexOf(self);
        if (attempt == 0 || own <= 0) {
            return seeds;
        }
        if (seeds.subList(0, own).stream().anyMatch(runs) && !(attempt > 1 && chance)) {
            return seeds;
        }
        List<String> order = new ArrayList<>(seeds);
        order.remove(self);
        order.addFirst(self);
        return order;
    }
}
