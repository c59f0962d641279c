package io.meridian.testkit.replay;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the recordings are; tests that need them are skipped without. */
public final class Fixtures {
    private Fixtures() {}

    public static Path captures() {
        Path captures =
                Path.of(System.getProperty("meridian.fixtures", "../../shared/fixtures"))
                        .resolve("marathon-captures")
                        .toAbsolutePath()
                        .normalize();
        Assumptions.assumeTrue(
                Files.isDirectory(captures),
                "no recordings at " + captures + "; set -Dmeridian.fixtures=DIR");
        return captures;
    }

    public static Path capture(String name) {
        return captures().resolve(name);
    }

    /** Folders that can be played, by name. */
    public static List<Path> playable() {
        try (Stream<Path> folders = Files.list(captures())) {
            return folders.filter(folder -> Files.exists(folder.resolve("events.headers")))
                    .sorted()
                    .toList();
        } catch (IOException fault) {
            throw new java.io.UncheckedIOException(fault);
        }
    }
}
