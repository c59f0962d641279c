package io.meridian.controlplane.config;

import com.typesafe.config.Config;

import java.time.Duration;

/**
 * Whether and for how long the cluster's unreachable agents affect backends.
 *
 * @param enabled whether backends on unreachable agents take no new connections
 * @param forgetAfter time for which an agent that the cluster has downed counts as unreachable, 0 s
 *     to 1 day
 */
public record ReachabilitySettings(boolean enabled, Duration forgetAfter) {
    private static final String ENABLED = "cluster.reachability.enabled";
    private static final String FORGET_AFTER = "cluster.reachability.forget-after";
    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * @throws IllegalArgumentException for an invalid value; the message has key, range and value
     */
    public static ReachabilitySettings from(Config config) {
        Config meridian = config.getConfig("meridian");
        return new ReachabilitySettings(meridian.getBoolean(ENABLED), forgetAfter(meridian));
    }

    private static Duration forgetAfter(Config config) {
        Duration value = config.getDuration(FORGET_AFTER);
        if (value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw NodeSettings.wrong(
                    FORGET_AFTER, "a duration between 0 s and 1 d", config.getString(FORGET_AFTER));
        }
        return value;
    }
}
