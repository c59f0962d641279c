package io.meridian.database;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of the embedded server.
 *
 * @param directory the server's directory, with {@code data/}, {@code log/}, {@code password} and
 *     {@code lock}
 * @param binaries directory that the server's programs are unpacked to, once; servers may share it
 * @param durable whether a commit waits for the disk; false, for tests only, loses commits on power
 *     loss
 * @param startDeadline maximum time of a start, crash recovery included
 * @param maxConnections PostgreSQL's {@code max_connections}: 10..1000
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

    /** Production settings: binaries in the directory, durable, 2 min to start, 60 connections. */
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
