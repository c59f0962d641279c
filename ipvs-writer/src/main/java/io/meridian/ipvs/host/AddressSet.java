package io.meridian.ipvs.host;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A set of type {@code hash:ip,port} as {@code ipset save} lists it. Computes the lines for {@code
 * ipset restore} that change its entries.
 *
 * @param type such as {@code hash:ip,port}
 * @param maxEntries limit, above which the kernel refuses entries
 * @param entries as {@code ipset} writes them: {@code 11.0.0.1,tcp:80}
 */
record AddressSet(String type, int maxEntries, SortedSet<String> entries) {
    static final String TYPE = "hash:ip,port";

    /** Limit of a new set; the kernel allocates memory only for existing entries. */
    static final int MAX_ENTRIES = 1 << 20;

    /** The kernel's default limit, as of dcos-net's sets. */
    private static final int DEFAULT_MAX_ENTRIES = 65536;

    private static final String GROWN = "-grown";

    /**
     * The changes, in two parts.
     *
     * @param before lines to run before new VIPs get traffic
     * @param after lines to run once old VIPs have no traffic any more
     */
    record Plan(List<String> before, List<String> after) {}

    static String entry(Endpoint endpoint) {
        return endpoint.address() + "," + endpoint.protocol() + ":" + endpoint.port();
    }

    /** Parses the output of {@code ipset save NAME}; empty if the set is not in it. */
    static Optional<AddressSet> parse(String name, String listing) {
        Optional<String> type = Optional.empty();
        int maxEntries = DEFAULT_MAX_ENTRIES;
        SortedSet<String> entries = new TreeSet<>();
        for (String line : listing.lines().toList()) {
            List<String> words = List.of(line.strip().split(" +"));
            if (words.size() < 3 || !words.get(1).equals(name)) {
                continue;
            }
            if (words.getFirst().equals("create")) {
                type = Optional.of(words.get(2));
                int max = words.indexOf("maxelem");
                maxEntries = max < 0 ? maxEntries : Integer.parseInt(words.get(max + 1));
            } else if (words.getFirst().equals("add")) {
                entries.add(canonical(words.get(2)));
            }
        }
        int limit = maxEntries;
        return type.map(found -> new AddressSet(found, limit, entries));
    }

    /** Shortens an IPv6 address as {@link IpAddress} does; ipset may shorten it differently. */
    private static String canonical(String entry) {
        int comma = entry.indexOf(',');
        return comma < 0
                ? entry
                : IpAddress.parse(entry.substring(0, comma))
                        .map(address -> address + entry.substring(comma))
                        .orElse(entry);
    }

    /**
     * Computes the changes from the present set to the wanted entries.
     *
     * @param family {@code inet} or {@code inet6}
     */
    static Plan plan(
            String name, String family, SortedSet<String> wanted, Optional<AddressSet> present) {
        if (present.isEmpty()) {
            List<String> lines = new ArrayList<>(List.of(create(name, family)));
            lines.addAll(add(name, wanted));
            return new Plan(lines, List.of());
        }
        SortedSet<String> there = present.get().entries();
        SortedSet<String> both = new TreeSet<>(there);
        both.addAll(wanted);
        return new Plan(
                both.size() > present.get().maxEntries()
                        ? grow(name, family, both)
                        : add(name, minus(wanted, there)),
                minus(there, wanted).stream().map(entry -> "del " + name + " " + entry).toList());
    }

    /** Replaces the set by a larger one in one step (swap), because rules refer to the name. */
    private static List<String> grow(String name, String family, SortedSet<String> entries) {
        List<String> lines = new ArrayList<>();
        lines.add(create(name + GROWN, family));
        lines.add("flush " + name + GROWN);
        lines.addAll(add(name + GROWN, entries));
        lines.add("swap " + name + GROWN + " " + name);
        lines.add("destroy " + name + GROWN);
        return lines;
    }

    private static String create(String name, String family) {
        return "create "
                + name
                + " "
                + TYPE
                + " family "
                + family
                + " maxelem "
                + MAX_ENTRIES
                + " counters";
    }

    private static List<String> add(String name, Collection<String> entries) {
        return entries.stream().map(entry -> "add " + name + " " + entry).toList();
    }

    private static SortedSet<String> minus(SortedSet<String> all, SortedSet<String> without) {
        SortedSet<String> left = new TreeSet<>(all);
        left.removeAll(without);
        return left;
    }
}
