package io.meridian.actors.ingest;

import com.typesafe.config.Config;

import io.meridian.domain.service.ServiceId;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * @param source name of the source, for logs and metrics
 * @param owned whether this source owns a service, so that absence from its listings may end tasks.
 *     At most one source owns a service
 * @param maxInFlight limit of observations sent to entities and not yet acknowledged, 1..10000
 * @param askTimeout time after which the ingest sends an unacknowledged observation again
 */
public record IngestSettings(
        String source,
        Predicate<ServiceId> owned,
        int maxInFlight,
        Duration askTimeout,
        AbsenceRules absence) {
    /**
     * Reads {@code meridian.ingest} for the source that reads the Marathon of that framework name.
     */
    public static IngestSettings ofMarathon(Config config, String framework) {
        return from(config, framework, service -> isOf(framework, service));
    }

    /**
     * Reads {@code meridian.ingest} for the Mesos source, which owns all services that no other
     * source owns.
     *
     * @param marathon framework name of the Marathon that has a source; empty without one
     */
    public static IngestSettings ofMesos(Config config, Optional<String> marathon) {
        return from(
                config,
                "mesos",
                service -> marathon.filter(framework -> isOf(framework, service)).isEmpty());
    }

    /**
     * Whether a service is of a Marathon: its path starts with a slash. Services that Mesos
     * reported before that Marathon had a source have paths without slash. They stay Mesos's, whose
     * listings lack them from then on.
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
