package io.meridian.sources.marathon;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.meridian.sources.json.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Recorded and authored samples that live outside the repository; tests that need them are skipped
 * without.
 */
public final class Fixtures {
    private Fixtures() {}

    public static Path file(String name) {
        Path dir = Path.of(System.getProperty("meridian.fixtures", "../../shared/fixtures"));
        Path file = dir.resolve(name);
        assumeTrue(
                Files.exists(file),
                () ->
                        "no fixture "
                                + file.toAbsolutePath().normalize()
                                + "; set -Dmeridian.fixtures");
        return file;
    }

    public static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return file.toString().endsWith(".gz")
                    ? new GZIPInputStream(in).readAllBytes()
                    : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] bytes(String name) {
        return bytes(file(name));
    }

    public static Json json(String name) {
        return ListingReader.tree(bytes(name));
    }

    public static List<String> lines(String name) {
        return new String(bytes(name), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .filter(l -> !l.isBlank())
                .toList();
    }

    /** Files below a folder whose name matches, in order. */
    public static List<Path> files(String folder, String pattern) {
        Path dir = file(folder);
        try (Stream<Path> walk = Files.walk(dir)) {
            return walk.filter(path -> path.getFileName().toString().matches(pattern))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
