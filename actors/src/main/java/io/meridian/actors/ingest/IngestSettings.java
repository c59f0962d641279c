package io.meridian.actors.ingest;

import com.typesafe.config.Config;

import java.time.Duration;

/**
 * @param framework name of the framework whose services these are
 * @param maxInFlight claims sent to entities and not acknowledged, 1..10000
 * @param askTimeout after which an unacknowledged claim is sent again
 */
public record IngestSettings(
        String framework, int maxInFlight, Duration askTimeout, AbsenceRules absence) {
    /** Reads {@code meridian.ingest}. */
    public static IngestSettings from(Config config, String framework) {
        Config ingest = config.getConfig("meridian.ingest");
        int maxInFlight = ingest.getInt("max-in-flight");
        require(
                maxInFlight >= 1 && maxInFlight <= 10_000,
                ingest,
                "max-in-flight",
                "between 1 and 10000");
        double massShare = ingest.getDouble("absence.mass-share");
        require(massShare >= 0 && massShare <= 1, ingest, "absence.mass-share", "between 0 and 1");
        return new IngestSettings(
                framework,
                maxInFlight,
                positive(ingest, "ask-timeout"),
                new AbsenceRules(
                        positive(ingest, "absence.confirm"),
                        positive(ingest, "absence.contradiction"),
                        positive(ingest, "absence.unreachable-hold"),
                        massShare));
    }

    private static Duration positive(Config config, String key) {
        Duration duration = config.getDuration(key);
        require(
                duration.isPositive() && duration.compareTo(Duration.ofDays(1)) <= 0,
                config,
                key,
                "between 1 ms and 1 d");
        return duration;
    }

    private static void require(boolean holds, Config config, String key, String range) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "setting meridian.ingest."
                            + key
                            + " must be "
                            + range
                            + ": was "
                            + config.getValue(key).unwrapped());
        }
    }
}
