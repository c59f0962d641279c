package io.meridian.controlplane.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides which memberships end when nodes cannot reach each other. The largest set of masters that
 * all reach each other goes on, if it has more than half of the masters. Of such a master and any
 * other node that cannot reach each other, the other node's membership ends. So an agent never
 * costs a master its membership. A master that only the other masters cannot reach ends alone, even
 * if agents relay its gossip. Pure: nodes with the same input decide the same.
 *
 * @param <N> a node
 * @param masters masters that count for the majority, in an order that is the same on all nodes
 * @param joining masters that do not count on this node yet; other nodes may already count them
 * @param leaving masters among {@code masters} that may have left already
 * @param accusations reachability records: pairs of observer and unreachable subject
 */
record MasterMajority<N>(
        List<N> masters, Set<N> joining, Set<N> leaving, Set<Accusation<N>> accusations) {

    /** The observer reports the subject as unreachable. */
    record Accusation<N>(N observer, N subject) {}

    MasterMajority {
        masters = List.copyOf(masters);
        joining = Set.copyOf(joining);
        leaving = Set.copyOf(leaving);
        accusations = Set.copyOf(accusations);
    }

    /**
     * @return the masters whose memberships go on; empty if no set has the majority, and then all
     *     memberships end
     */
    Set<N> survivors() {
        List<N> largest = largest(List.of(), 0, List.of());
        Set<N> others = new HashSet<>(masters);
        joining.stream()
                .filter(node -> largest.stream().anyMatch(one -> areSeparated(one, node)))
                .forEach(others::add);
        largest.forEach(others::remove);
        long certain = largest.stream().filter(node -> !leaving.contains(node)).count();
        boolean majority =
                certain > others.size()
                        || certain == others.size()
                                && certain > 0
                                && largest.contains(masters.getFirst());
        return majority ? new LinkedHashSet<>(largest) : Set.of();
    }

    /**
     * Finds the largest set of masters that all reach each other. Of sets of equal size it takes
     * the first in the order of {@code masters}, so every node takes the same one.
     */
    private List<N> largest(List<N> chosen, int next, List<N> best) {
        if (chosen.size() + masters.size() - next <= best.size()) {
            return best;
        }
        if (next == masters.size()) {
            return chosen;
        }
        N node = masters.get(next);
        List<N> found = best;
        if (chosen.stream().noneMatch(one -> areSeparated(one, node))) {
            List<N> more = new ArrayList<>(chosen);
            more.add(node);
            found = largest(more, next + 1, found);
        }
        return largest(chosen, next + 1, found);
    }

    private boolean areSeparated(N one, N other) {
        return accusations.contains(new Accusation<>(one, other))
                || accusations.contains(new Accusation<>(other, one));
    }

    /**
     * @param all all members, with the masters
     * @return the members whose memberships end; afterwards no remaining member reports another as
     *     unreachable
     */
    Set<N> toEnd(Collection<N> all) {
        Set<N> survivors = survivors();
        if (survivors.isEmpty()) {
            return new LinkedHashSet<>(all);
        }
        Set<N> ends = new LinkedHashSet<>(masters);
        ends.removeAll(survivors);
        for (Accusation<N> one : accusations) {
            if (survivors.contains(one.observer()) && !survivors.contains(one.subject())) {
                ends.add(one.subject());
            }
        }
        Set<N> unheard = new HashSet<>();
        for (Accusation<N> one : accusations) {
            if (!ends.contains(one.observer()) && !ends.contains(one.subject())) {
                unheard.add(one.observer());
            }
        }
        ends.addAll(unheard);
        ends.retainAll(new HashSet<>(all));
        return ends;
    }
}
