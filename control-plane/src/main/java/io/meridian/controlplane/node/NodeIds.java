package io.meridian.controlplane.node;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The ids of the cluster's members, which must differ: reports and rows are kept by id. */
final class NodeIds {
    private static final String ROLE = "id:";

    private NodeIds() {}

    /**
     * A member that is up and that this node's cluster view reaches.
     *
     * @param joined the cluster's number of the member's arrival; a smaller one is older
     */
    record Holder(String id, String address, int joined) {}

    /** The member role that carries an id. */
    static String role(String id) {
        return ROLE + id;
    }

    /** The id among a member's roles; empty if no role carries one. */
    static String of(Collection<String> roles) {
        return roles.stream()
                .filter(role -> role.startsWith(ROLE))
                .map(role -> role.substring(ROLE.length()))
                .findFirst()
                .orElse("");
    }

    /** Ids of two members or more, each with its members, the oldest first. */
    static SortedMap<String, List<Holder>> shared(Collection<Holder> members) {
        SortedMap<String, List<Holder>> byId =
                members.stream()
                        .filter(member -> !member.id().isEmpty())
                        .sorted(
                                Comparator.comparingInt(Holder::joined)
                                        .thenComparing(Holder::address))
                        .collect(
                                Collectors.groupingBy(
                                        Holder::id, TreeMap::new, Collectors.toList()));
        byId.values().removeIf(holders -> holders.size() < 2);
        return byId;
    }
}
