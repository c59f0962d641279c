package io.meridian.database;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the embedded server runs.
 *
 * @param directory where it keeps everything: {@code data/}, {@code log/}, {@code password}, {@code
 *     lock}
 * @param binaries where the server's programs are unpacked to, once; several servers may share it
 * @param durable whether a commit waits for the disk; false loses commits on power loss: for tests
 *     only
 * @param startDeadline how long a start may take, crash recovery included
 * @param maxConnections 10..1000
 */
public record EmbeddedSettings(
        Path directory,
        Path binaries,
        boolean durable,
        Duration startDeadline,
        int maxConnections) {
    public EmbeddedSettings {
        directory = directory.toAbsolutePath().normalize();
        binaries = binaries.toAbsolutePath().normalize();
        if (maxConnections < 10 || maxConnections > 1000) {
            throw new IllegalArgumentException(
                    "maxConnections must be between 10 and 1000: was " + maxConnections);
        }
    }

    /** For production: binaries in the directory itself, durable, two minutes, 60 connections. */
    public static EmbeddedSettings of(Path directory) {
        return new EmbeddedSettings(
                directory,
                directory.resolve("postgres-" + PostgresBinaries.version()),
                true,
                Duration.ofMinutes(2),
                60);
    }

    Path data() {
        return directory.resolve("data");
    }

    Path logs() {
        return directory.resolve("log");
    }
}
