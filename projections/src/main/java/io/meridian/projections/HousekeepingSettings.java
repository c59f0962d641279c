package io.meridian.projections;

import com.typesafe.config.Config;

import java.time.Duration;

/**
 * When {@link Housekeeping} deletes from the database. The database's clock measures ages.
 *
 * @param interval pause between two rounds: 1 s..1 day
 * @param keepEvents minimum age of a deleted event; a snapshot and the tables include it: 1 s..365
 *     days
 * @param forgetServices how long a removed service stays in the database: 1 s..3650 days
 */
public record HousekeepingSettings(
        Duration interval, Duration keepEvents, Duration forgetServices) {
    private static final String PATH = "meridian.projections.housekeeping";
    private static final Duration LEAST = Duration.ofSeconds(1);

    public HousekeepingSettings {
        check("interval", interval, Duration.ofDays(1));
        check("keep-events", keepEvents, Duration.ofDays(365));
        check("forget-services", forgetServices, Duration.ofDays(3650));
    }

    /**
     * @param config with {@code meridian.projections}, as this room's {@code reference.conf} has it
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static HousekeepingSettings from(Config config) {
        Config own = config.getConfig(PATH);
        return new HousekeepingSettings(
                own.getDuration("interval"),
                own.getDuration("keep-events"),
                own.getDuration("forget-services"));
    }

    private static void check(String key, Duration value, Duration most) {
        if (value.compareTo(LEAST) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "setting "
                            + PATH
                            + "."
                            + key
                            + " must be between 1 s and "
                            + most.toDays()
                            + " d: was "
                            + value.toMillis()
                            + " ms");
        }
    }
}
