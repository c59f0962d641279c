package io.meridian.domain.vip;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.Reachability.Member;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The other nodes of the cluster as one node has heard of them, each by its name in the cluster.
 *
 * @param members by name; one that was given up is there as unreachable until it comes back or is
 *     forgotten
 */
public record ClusterView(SortedMap<String, Member> members) {
    public static final ClusterView EMPTY = new ClusterView(Collections.emptySortedMap());

    public ClusterView {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    }

    /** It is a member, and contact to it is there or is lost; or it was given up as lost. */
    public ClusterView seen(String name, IpAddress address, boolean reachable) {
        SortedMap<String, Member> now = new TreeMap<>(members);
        now.put(name, new Member(address, reachable));
        return new ClusterView(now);
    }

    /** It went in good order, or was given up too long ago to say anything: it is not judged. */
    public ClusterView without(String name) {
        SortedMap<String, Member> now = new TreeMap<>(members);
        now.remove(name);
        return new ClusterView(now);
    }

    /** What follows for backends. */
    public Reachability reachability() {
        return Reachability.of(members.values());
    }
}
