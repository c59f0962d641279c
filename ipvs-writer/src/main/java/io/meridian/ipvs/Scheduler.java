package io.meridian.ipvs;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is known about the kernel's schedulers besides their names. */
public final class Scheduler {
    /** Those that give a real server connections in proportion to its weight. */
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

    /** Whether half the weight is half the connections: only then a slow start makes sense. */
    public static boolean isWeighted(String name) {
        return WEIGHTED.contains(name);
    }

    /** What does its work if the kernel lacks it, the nearest first. */
    public static List<String> fallbacks(String name) {
        return SUBSTITUTES.getOrDefault(name, List.of(VirtualServer.WLC, "rr"));
    }
}
