import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.google.googlejavaformat.java.StringWrapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks or applies the layout of our Java sources: google-java-format, AOSP style (four spaces,
 * 100 columns).
 *
 * <p>{@code java Format.java check|apply PATH...}: each path is a file or a folder. The exit code
 * is 0 when all files have the layout, 1 when {@code check} found a file without it or a file
 * cannot be parsed, 2 on wrong use.
 *
 * <p>The file named by the system property {@code format.known} holds digests of texts that had the
 * layout in earlier runs; such texts are not parsed again while {@code format.version} stays the
 * same. Formatting the whole tree takes 45 s of processor time without it, and 2 s with it. Without
 * the property each file is parsed.
 *
 * <p>It is a program of its own, and not a Maven plugin, because google-java-format uses the parser
 * of the JDK it runs on: Maven may run on an older one that cannot read our sources.
 */
public final class Format {
    private static final Style STYLE = Style.AOSP;

    /** Raised whenever {@link #wanted} changes, so that digests of earlier runs are void. */
    private static final int RULES = 1;

    private enum Verdict {
        CLEAN,
        CHANGED,
        UNREADABLE
    }

    private record Outcome(Path file, Verdict verdict, String message, String digest) {}

    private final boolean apply;
    private final Set<String> known;

    private Format(boolean apply, Set<String> known) {
        this.apply = apply;
        this.known = known;
    }

    public static void main(String[] args) throws IOException {
        if (args.length < 2 || !List.of("check", "apply").contains(args[0])) {
            System.err.println("usage: Format check|apply PATH...");
            System.exit(2);
        }
        var apply = args[0].equals("apply");
        var sources =
                Stream.of(args)
                        .skip(1)
                        .map(Path::of)
                        .flatMap(Format::javaFiles)
                        .distinct()
                        .toList();
        var cache = Optional.ofNullable(System.getProperty("format.known")).map(Path::of);
        var known = cache.isPresent() ? readKnown(cache.get()) : Set.<String>of();
        var outcomes = sources.parallelStream().map(new Format(apply, known)::examine).toList();
        if (cache.isPresent()) {
            writeKnown(cache.get(), outcomes);
        }
        System.exit(report(outcomes, apply));
    }

    private static Set<String> readKnown(Path cache) throws IOException {
        return Files.exists(cache) ? Set.copyOf(Files.readAllLines(cache)) : Set.of();
    }

    /**
     * Writes a whole new file and renames it, so that two builds at once cannot mix their lines.
     */
    private static void writeKnown(Path cache, List<Outcome> outcomes) throws IOException {
        var digests =
                outcomes.stream()
                        .map(Outcome::digest)
                        .filter(digest -> !digest.isEmpty())
                        .collect(Collectors.toCollection(TreeSet::new));
        var folder = Files.createDirectories(cache.toAbsolutePath().getParent());
        var whole = Files.createTempFile(folder, "known", "");
        Files.write(whole, digests);
        Files.move(whole, cache, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Digest of a text together with this program and the formatter's version. */
    private static String digest(String text) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            var version = System.getProperty("format.version", "");
            sha.update((RULES + version + STYLE + '\n').getBytes(StandardCharsets.UTF_8));
            return HexFormat.of()
                    .formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Java sources at or below {@code path}, sorted; folders named {@code target} or with a leading
     * dot are left out.
     */
    private static Stream<Path> javaFiles(Path path) {
        if (Files.isRegularFile(path)) {
            return Stream.of(path);
        }
        try (Stream<Path> children = Files.list(path)) {
            return children.sorted().toList().stream().flatMap(Format::below);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> below(Path child) {
        var name = child.getFileName().toString();
        if (Files.isDirectory(child)) {
            return name.startsWith(".") || name.equals("target") ? Stream.of() : javaFiles(child);
        }
        return name.endsWith(".java") ? Stream.of(child) : Stream.of();
    }

    private Outcome examine(Path file) {
        try {
            var text = Files.readString(file);
            var digest = digest(text);
            if (known.contains(digest)) {
                return new Outcome(file, Verdict.CLEAN, "", digest);
            }
            var wanted = wanted(text);
            if (wanted.equals(text)) {
                return new Outcome(file, Verdict.CLEAN, "", digest);
            }
            if (apply) {
                Files.writeString(file, wanted);
            }
            var now = apply ? digest(wanted) : "";
            return new Outcome(file, Verdict.CHANGED, firstDifference(text, wanted), now);
        } catch (FormatterException e) {
            return new Outcome(file, Verdict.UNREADABLE, ":" + e.getMessage(), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String wanted(String text) throws FormatterException {
        var formatter = new Formatter(JavaFormatterOptions.builder().style(STYLE).build());
        var imports =
                RemoveUnusedImports.removeUnusedImports(ImportOrderer.reorderImports(text, STYLE));
        // Wrapping a string may leave something to lay out, so one pass is not always the last.
        var before = imports;
        var after = StringWrapper.wrap(formatter.formatSource(before), formatter);
        for (int pass = 1; pass < 4 && !after.equals(before); pass++) {
            before = after;
            after = StringWrapper.wrap(formatter.formatSource(before), formatter);
        }
        return after;
    }

    private static String firstDifference(String text, String wanted) {
        var is = text.lines().toList();
        var shouldBe = wanted.lines().toList();
        var line = 0;
        while (line < is.size()
                && line < shouldBe.size()
                && is.get(line).equals(shouldBe.get(line))) {
            line++;
        }
        Optional<String> expected =
                line < shouldBe.size() ? Optional.of(shouldBe.get(line)) : Optional.empty();
        return String.format(
                Locale.ROOT, ":%d: expected: %s", line + 1, expected.orElse("end of file"));
    }

    private static int report(List<Outcome> outcomes, boolean apply) {
        var unreadable = outcomes.stream().filter(o -> o.verdict() == Verdict.UNREADABLE).toList();
        var changed = outcomes.stream().filter(o -> o.verdict() == Verdict.CHANGED).toList();
        unreadable.forEach(o -> System.err.println(o.file() + o.message()));
        if (apply) {
            System.out.println("formatted " + changed.size() + " of " + outcomes.size() + " files");
            return unreadable.isEmpty() ? 0 : 1;
        }
        changed.forEach(o -> System.err.println(o.file() + o.message()));
        if (!changed.isEmpty()) {
            System.err.println();
            System.err.println(
                    changed.size()
                            + " of "
                            + outcomes.size()
                            + " Java files are not laid out as agreed. To mend them: ./mvnw -q -N"
                            + " -Pformat");
        }
        return unreadable.isEmpty() && changed.isEmpty() ? 0 : 1;
    }
}
