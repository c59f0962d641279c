package io.meridian.controlplane.node;

import java.util.ArrayList;
import java.util.List;

/**
 * In which order seeds are asked. Only the first of the list may begin a cluster of its own, and it
 * may be gone for good: so a master that got nowhere puts itself first every other time or so. Two
 * that begin at once do no harm: neither works before it has more than half of all masters. Pure.
 */
final class SeedOrder {
    private SeedOrder() {}

    /**
     * @param attempt how often joining came to nothing, 0 or more
     * @param first whether it is this node's turn to be first: at random, for masters in step would
     *     never meet
     */
    static List<String> of(List<String> seeds, String self, int attempt, boolean first) {
        if (attempt == 0 || !first || !seeds.contains(self)) {
            return seeds;
        }
        List<String> order = new ArrayList<>(seeds);
        order.remove(self);
        order.addFirst(self);
        return order;
    }
}
