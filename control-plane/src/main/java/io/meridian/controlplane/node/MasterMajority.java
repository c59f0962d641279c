package io.meridian.controlplane.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which memberships end when nodes can't reach each other. The largest set of masters that all
 * reach each other goes on, if it is more than half of them; of a master that goes on and any other
 * node, the other one ends. So an agent never costs a master its membership, and a master that is
 * cut off from masters alone, though agents still pass on what it says, ends alone. Pure: who knows
 * the same decides the same.
 *
 * @param <N> a node
 * @param masters that count, in an order that all nodes agree on
 * @param joining masters that don't count yet; elsewhere they may
 * @param leaving masters among {@code masters} that may have gone already
 * @param accusations of any node by any node
 */
record MasterMajority<N>(
        List<N> masters, Set<N> joining, Set<N> leaving, Set<Accusation<N>> accusations) {

    /** One says that it can't reach another. */
    record Accusation<N>(N observer, N subject) {}

    MasterMajority {
        masters = List.copyOf(masters);
        joining = Set.copyOf(joining);
        leaving = Set.copyOf(leaving);
        accusations = Set.copyOf(accusations);
    }

    /**
     * @return the masters that go on; empty if there is no majority, and so nobody goes on
     */
    Set<N> survivors() {
        List<N> largest = largest(List.of(), 0, List.of());
        Set<N> others = new HashSet<>(masters);
        joining.stream()
                .filter(node -> largest.stream().anyMatch(one -> parted(one, node)))
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
     * Of those of equal size the first by the order of {@code masters}: of two halves the one that
     * has the first master, whoever looks.
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
        if (chosen.stream().noneMatch(one -> parted(one, node))) {
            List<N> more = new ArrayList<>(chosen);
            more.add(node);
            found = largest(more, next + 1, found);
        }
        return largest(chosen, next + 1, found);
    }

    private boolean parted(N one, N other) {
        return accusations.contains(new Accusation<>(one, other))
                || accusations.contains(new Accusation<>(other, one));
    }

    /**
     * @param all members, masters too
     * @return whose memberships end, so that among the others nobody accuses anybody
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
