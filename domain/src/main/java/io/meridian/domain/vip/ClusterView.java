package io.meridian.domain.vip;

import io.meridian.domain.vip.Reachability.Member;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The other nodes of the cluster, as one node sees them.
 *
 * @param members by cluster member name; a member that the cluster removed as lost stays
 *     unreachable until it returns or is forgotten
 */
public record ClusterView(SortedMap<String, Member> members) {
    public static final ClusterView EMPTY = new ClusterView(Collections.emptySortedMap());

    public ClusterView {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    }

    /** Adds a member, or updates its reachability. */
    public ClusterView seen(String name, Member member) {
        SortedMap<String, Member> now = new TreeMap<>(members);
        now.put(name, member);
        return new ClusterView(now);
    }

    /** Removes a member that left in good order, or whose loss is too long ago to judge. */
    public ClusterView without(String name) {
        SortedMap<String, Member> now = new TreeMap<>(members);
        now.remove(name);
        return new ClusterView(now);
    }

    /** The reachability of agents that follows from the members. */
    public Reachability reachability() {
        return Reachability.of(members.values());
    }
}
