package io.meridian.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files of this checkout; paths are relative to its root. */
final class Repository {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Repository() {}

    /**
     * Files below the root whose path matches, in order; build output and Git's own are left out.
     */
    static List<Path> files(Predicate<String> accepted) {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(Files::isRegularFile)
                    .map(ROOT::relativize)
                    .filter(path -> !isBuilt(path) && accepted.test(path.toString()))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Main and test sources of all rooms. */
    static List<Path> javaFiles() {
        return files(path -> path.endsWith(".java") && path.contains("/src/"));
    }

    static List<Path> mainJavaFiles() {
        return files(path -> path.endsWith(".java") && path.contains("/src/main/java/"));
    }

    static List<Path> markdownFiles() {
        return files(path -> path.endsWith(".md"));
    }

    static String text(Path relative) {
        try {
            return Files.readString(ROOT.resolve(relative));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static boolean isBuilt(Path relative) {
        for (Path part : relative) {
            if (part.toString().equals("target") || part.toString().equals(".git")) {
                return true;
            }
        }
        return false;
    }
}
