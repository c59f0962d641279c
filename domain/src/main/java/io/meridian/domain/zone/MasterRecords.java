package io.meridian.domain.zone;

import io.meridian.domain.mesos.HostPort;
import io.meridian.domain.net.IpAddress;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The names of the masters (specs: mesos-dns 1.3): {@code leader}, {@code master} for all of them,
 * and {@code master0}, {@code master1} and so on for each.
 *
 * @param names addresses by name, relative to the domain
 * @param leaderPort port of the leader; empty without a leader
 */
record MasterRecords(SortedMap<String, List<IpAddress>> names, OptionalInt leaderPort) {
    MasterRecords {
        names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
    }

    /**
     * Numbers the masters from 0 in the order given, without texts that are no {@code address:port}
     * and without repeated addresses. A leader that is not listed comes last. Without a leader
     * there are no names.
     *
     * @param leader {@code id@address:port}
     * @param masters {@code address:port} each
     */
    static MasterRecords of(String leader, List<String> masters) {
        String at = leader.substring(leader.indexOf('@') + 1);
        List<IpAddress> leaderAddress = address(at);
        if (leader.indexOf('@') < 0 || leaderAddress.isEmpty()) {
            return new MasterRecords(new TreeMap<>(), OptionalInt.empty());
        }
        SortedMap<String, List<IpAddress>> names = new TreeMap<>();
        names.put("leader", leaderAddress);
        List<IpAddress> all = new ArrayList<>(leaderAddress);
        boolean leaderCounted = false;
        int next = 0;
        for (String master : masters) {
            List<IpAddress> address = address(master);
            boolean isLeader = master.equals(at);
            if (address.isEmpty() || (isLeader ? leaderCounted : all.containsAll(address))) {
                continue;
            }
            names.put("master" + next++, address);
            if (isLeader) {
                leaderCounted = true;
            } else {
                all.addAll(address);
            }
        }
        if (!leaderCounted) {
            names.put("master" + next, leaderAddress);
        }
        names.put("master", List.copyOf(all));
        int port = HostPort.parse(at).orElseThrow().port();
        return new MasterRecords(names, OptionalInt.of(port));
    }

    /**
     * The address of a text; empty unless it is a literal address, because a master's address must
     * not depend on other name servers.
     */
    private static List<IpAddress> address(String hostPort) {
        return HostPort.parse(hostPort)
                .flatMap(found -> IpAddress.parse(found.host()))
                .map(List::of)
                .orElse(List.of());
    }
}
