package io.meridian.controlplane.compat;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a real Mesos-DNS said, kept outside the repository; tests that need it are skipped without.
 */
final class Fixtures {
    private Fixtures() {}

    static String text(String name) throws IOException {
        Path folder = Path.of(System.getProperty("meridian.fixtures", "../../shared/fixtures"));
        Path file = folder.resolve(name).toAbsolutePath().normalize();
        assumeTrue(Files.exists(file), () -> "no " + file + "; set -Dmeridian.fixtures");
        return Files.readString(file);
    }
}
