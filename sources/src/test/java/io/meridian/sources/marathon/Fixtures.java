package io.meridian.sources.marathon;

import io.meridian.sources.json.Json;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Test data as JSON and lines. A name is searched in the repository, then in the data of other
 * projects; a test whose data is in neither place is skipped, or fails in CI.
 */
public final class Fixtures {
    private Fixtures() {}

    public static byte[] bytes(Path file) {
        return io.meridian.testkit.Fixtures.bytes(file);
    }

    public static InputStream stream(Path file) {
        return new ByteArrayInputStream(bytes(file));
    }

    public static InputStream stream(String name) {
        return new ByteArrayInputStream(bytes(name));
    }

    /** A stream of this text. */
    public static InputStream of(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] bytes(String name) {
        return bytes(io.meridian.testkit.Fixtures.find(name));
    }

    public static Json json(String name) {
        return ListingReader.tree(stream(name));
    }

    public static List<String> lines(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** Files of the repository below a folder with matching names, in order. */
    public static List<Path> files(String folder, String pattern) {
        return files(io.meridian.testkit.Fixtures.own(folder), pattern);
    }

    /** As {@link #files}, for other projects' data. */
    public static List<Path> sharedFiles(String folder, String pattern) {
        return files(io.meridian.testkit.Fixtures.shared(folder), pattern);
    }

    private static List<Path> files(Path folder, String pattern) {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(path -> path.getFileName().toString().matches(pattern))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
