package io.meridian.controlplane.node;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The order in which a node asks the seeds. Akka lets only the first seed of the list form a
 * cluster, and that host may be lost for good. So a master whose attempt failed puts itself first
 * if no seed before it accepts connections. Two clusters formed at once do no harm: neither runs a
 * singleton or shard before it has more than half of all masters. Pure.
 */
final class SeedOrder {
    private SeedOrder() {}

    /**
     * The seeds in the order for one attempt.
     *
     * @param attempt number of failed attempts to join, 0 or more
     * @param runs whether a seed accepts a TCP connection; called only from the second attempt on
     * @param chance random; if true, the third and later attempts also pass over a seed that
     *     accepts connections and never answers
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
