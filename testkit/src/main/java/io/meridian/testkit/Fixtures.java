package io.meridian.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Test data. The repository holds our own recordings and vectors in testkit/fixtures. Data of other
 * projects lies outside the repository, in the folder that the system property meridian.fixtures
 * names, by default ../shared/fixtures beside the checkout. A name is a path below either folder.
 *
 * <p>Tests run in the folder of their room.
 */
public final class Fixtures {
    private static final Path OWN = Path.of("../testkit/fixtures").toAbsolutePath().normalize();
    private static final Path SHARED =
            Path.of(System.getProperty("meridian.fixtures", "../../shared/fixtures"))
                    .toAbsolutePath()
                    .normalize();

    private Fixtures() {}

    /**
     * The path of a file or folder in the repository. A compressed file has the suffix {@code .gz},
     * which the name may leave out.
     */
    public static Path own(String name) {
        Path file = OWN.resolve(name);
        return Files.exists(file) ? file : OWN.resolve(name + ".gz");
    }

    /** The path of other projects' data; fails or skips the running test where there is none. */
    public static Path shared(String name) {
        Requirement.SHARED_FIXTURES.check(hasShared());
        return SHARED.resolve(name);
    }

    /** The path in the repository if it is there, else {@link #shared}. */
    public static Path find(String name) {
        Path own = own(name);
        return Files.exists(own) ? own : shared(name);
    }

    static boolean hasShared() {
        return Files.isDirectory(SHARED);
    }

    /** A recording of a real Marathon: a folder for {@code CaptureReplay}. */
    public static Path recording(String name) {
        return own("marathon-captures").resolve(name);
    }

    /** All recordings that can be replayed, by name. */
    public static List<Path> recordings() {
        return list(own("marathon-captures")).stream()
                .filter(folder -> Files.exists(folder.resolve("events.headers")))
                .toList();
    }

    /** The files of a folder in order of their names. */
    public static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The content of a file, decompressed if its name ends with {@code .gz}. */
    public static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return file.toString().endsWith(".gz")
                    ? new GZIPInputStream(in).readAllBytes()
                    : in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The content of a file of the repository as UTF-8 text. */
    public static String text(String name) {
        return new String(bytes(own(name)), StandardCharsets.UTF_8);
    }
}
