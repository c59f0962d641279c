package io.meridian.projections;

import com.typesafe.config.Config;

import java.time.Duration;

/**
 * Settings of the projections.
 *
 * @param batchSize most events in one transaction, and so in one revision: 1..10,000
 * @param batchWindow how long a batch waits for more events: 1 ms..1 s
 * @param changeRetention how many revisions the change logs hold: 100..10,000,000
 */
public record ProjectionSettings(int batchSize, Duration batchWindow, int changeRetention) {
    private static final String PATH = "meridian.projections";

    public ProjectionSettings {
        check("batch-size", batchSize, 1, 10_000);
        check("batch-window in ms", batchWindow.toMillis(), 1, 1000);
        check("change-retention", changeRetention, 100, 10_000_000);
    }

    /**
     * @param config with {@code meridian.projections}, as this room's {@code reference.conf} has it
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static ProjectionSettings from(Config config) {
        Config own = config.getConfig(PATH);
        return new ProjectionSettings(
                own.getInt("batch-size"),
                own.getDuration("batch-window"),
                own.getInt("change-retention"));
    }

    /** Revisions between two prunings of a change log: one percent of the retention, at least 1. */
    int pruneEvery() {
        return Math.max(1, changeRetention / 100);
    }

    private static void check(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "setting "
                            + PATH
                            + "."
                            + key
                            + " must be between "
                            + least
                            + " and "
                            + most
                            + ": was "
                            + value);
        }
    }
}
