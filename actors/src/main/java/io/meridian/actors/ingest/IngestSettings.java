package io.meridian.actors.ingest;

import com.typesafe.config.Config;

import io.meridian.domain.service.ServiceId;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * @param source its name, for people and metrics
 * @param owned whether a service is this source's: then its listings may end tasks by lacking them.
 *     No service is two sources'
 * @param maxInFlight claims sent to entities and not acknowledged, 1..10000
 * @param askTimeout after which an unacknowledged claim is sent again
 */
public record IngestSettings(
        String source,
        Predicate<ServiceId> owned,
        int maxInFlight,
        Duration askTimeout,
        AbsenceRules absence) {
    /** Reads {@code meridian.ingest} for the source that owns the Marathon of that name. */
    public static IngestSettings ofMarathon(Config config, String framework) {
        return from(config, framework, service -> isOf(framework, service));
    }

    /**
     * Reads {@code meridian.ingest} for the source that owns all that no other does.
     *
     * @param marathon name of the Marathon that has a source of its own
     */
    public static IngestSettings ofMesos(Config config, Optional<String> marathon) {
        return from(
                config,
                "mesos",
                service -> marathon.filter(framework -> isOf(framework, service)).isEmpty());
    }

    /**
     * Marathon's ids start with a slash. What Mesos told of its tasks before Marathon had a source
     * does not, and is left to Mesos, which will not list it again.
     */
    private static boolean isOf(String framework, ServiceId service) {
        return service.framework().equals(framework) && service.path().startsWith("/");
    }

    private static IngestSettings from(Config config, String source, Predicate<ServiceId> owned) {
        Config ingest = config.getConfig("meridian.ingest");
        int maxInFlight = ingest.getInt("max-in-flight");
        require(
                maxInFlight >= 1 && maxInFlight <= 10_000,
                ingest,
                "max-in-flight",
                "between 1 and 10000");
        double massShare = ingest.getDouble("absence.mass-removal-threshold");
        require(
                massShare >= 0 && massShare <= 1,
                ingest,
                "absence.mass-removal-threshold",
                "between 0 and 1");
        return new IngestSettings(
                source,
                owned,
                maxInFlight,
                positive(ingest, "ask-timeout"),
                new AbsenceRules(
                        positive(ingest, "absence.missing-after-gap"),
                        positive(ingest, "absence.missing-while-attached"),
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
