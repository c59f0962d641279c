package io.meridian.ipvs;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Properties of the kernel's schedulers. */
final class Scheduler {
    /** Schedulers that give a real server connections in proportion to its weight. */
    private static final Set<String> WEIGHTED =
            Set.of(VirtualServer.WLC, "wrr", "sed", "nq", "lblc", "lblcr");

    private static final Map<String, List<String>> SUBSTITUTES =
            Map.of(
                    "mh",
                    List.of("sh", VirtualServer.WLC, "rr"),
                    "sh",
                    List.of("mh", VirtualServer.WLC, "rr"),
                    "dh",
                    List.of("sh", VirtualServer.WLC, "rr"),
                    "lc",
                    List.of(VirtualServer.WLC, "rr"),
                    "rr",
                    List.of("wrr", VirtualServer.WLC),
                    VirtualServer.WLC,
                    List.of("lc", "wrr", "rr"));

    private Scheduler() {}

    /** Whether connections are in proportion to weight; only then a slow start has an effect. */
    public static boolean isWeighted(String name) {
        return WEIGHTED.contains(name);
    }

    /** Replacements for a scheduler, the most similar first. */
    public static List<String> fallbacks(String name) {
        return SUBSTITUTES.getOrDefault(name, List.of(VirtualServer.WLC, "rr"));
    }
}
