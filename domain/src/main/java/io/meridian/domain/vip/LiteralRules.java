package io.meridian.domain.vip;

import io.meridian.domain.net.AddressPrefix;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The addresses that labels may request as IP VIPs. Each node takes the traffic to a VIP's address
 * for itself, on all ports, so a VIP at the address of a machine cuts that machine off from every
 * other one.
 *
 * @param ranges the ranges of named VIPs, which IP VIPs may use too
 * @param networks further networks that an operator allows
 * @param machines addresses inside these that belong to machines, with the machine in the
 *     operator's words, such as "the database (journal.postgres.host)"
 */
public record LiteralRules(
        List<AddressRange> ranges,
        List<AddressPrefix> networks,
        SortedMap<IpAddress, String> machines) {
    /** Networks that never have a VIP, with the kind of their addresses. */
    private static final SequencedMap<AddressPrefix, String> NEVER = never();

    public LiteralRules {
        ranges = List.copyOf(ranges);
        networks = List.copyOf(networks);
        SortedMap<IpAddress, String> inside = new TreeMap<>(machines);
        List<AddressRange> allowedRanges = ranges;
        List<AddressPrefix> allowedNetworks = networks;
        inside.keySet().removeIf(one -> !contains(allowedRanges, allowedNetworks, one));
        machines = Collections.unmodifiableSortedMap(inside);
    }

    /** Rules that allow every unicast address. */
    public static LiteralRules anyAddress() {
        return new LiteralRules(
                List.of(), List.of(prefix("0.0.0.0/0"), prefix("::/0")), new TreeMap<>());
    }

    /**
     * The reason why an address is no IP VIP.
     *
     * @return the end of a sentence that starts with the label; empty for an allowed address
     */
    Optional<String> refusal(IpAddress address) {
        for (Map.Entry<AddressPrefix, String> one : NEVER.entrySet()) {
            if (one.getKey().contains(address)) {
                return Optional.of("has " + one.getValue() + " address, which cannot be shared");
            }
        }
        if (!contains(ranges, networks, address)) {
            return Optional.of("has an address outside vip.range, vip.range6 and vip.literals");
        }
        return Optional.ofNullable(machines.get(address)).map(LiteralRules::ofMachine);
    }

    static String ofMachine(String machine) {
        return "has the address of " + machine + ", from which it would take all traffic";
    }

    private static boolean contains(
            List<AddressRange> ranges, List<AddressPrefix> networks, IpAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address))
                || networks.stream().anyMatch(network -> network.contains(address));
    }

    private static SequencedMap<AddressPrefix, String> never() {
        SequencedMap<AddressPrefix, String> all = new LinkedHashMap<>();
        all.put(prefix("0.0.0.0/8"), "an unspecified");
        all.put(prefix("127.0.0.0/8"), "a loopback");
        all.put(prefix("169.254.0.0/16"), "a link-local");
        all.put(prefix("224.0.0.0/4"), "a multicast");
        all.put(prefix("240.0.0.0/4"), "a reserved or broadcast");
        all.put(prefix("::/128"), "an unspecified");
        all.put(prefix("::1/128"), "a loopback");
        all.put(prefix("fe80::/10"), "a link-local");
        all.put(prefix("ff00::/8"), "a multicast");
        return all;
    }

    private static AddressPrefix prefix(String text) {
        return AddressPrefix.parse(text).orElseThrow();
    }
}
