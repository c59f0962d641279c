import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.google.googlejavaformat.java.StringWrapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks or applies the layout of our Java sources: google-java-format, AOSP style (four spaces,
 * 100 columns).
 *
 * <p>{@code java Format.java check|apply PATH...}: each path is a file or a folder. Exit code 0
 * when all is well, 1 when {@code check} found a file to mend or a file cannot be parsed, 2 on
 * wrong use.
 *
 * <p>It is a program of its own, and not a Maven plugin, because google-java-format uses the parser
 * of the JDK it runs on: Maven may run on an older one that cannot read our sources.
 */
public final class Format {
    private static final Style STYLE = Style.AOSP;

    private enum Verdict {
        CLEAN,
        CHANGED,
        UNREADABLE
    }

    private record Outcome(Path file, Verdict verdict, String message) {}

    private final boolean apply;

    private Format(boolean apply) {
        this.apply = apply;
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
        var outcomes = sources.parallelStream().map(new Format(apply)::examine).toList();
        System.exit(report(outcomes, apply));
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
            var wanted = wanted(text);
            if (wanted.equals(text)) {
                return new Outcome(file, Verdict.CLEAN, "");
            }
            if (apply) {
                Files.writeString(file, wanted);
            }
            return new Outcome(file, Verdict.CHANGED, firstDifference(text, wanted));
        } catch (FormatterException e) {
            return new Outcome(file, Verdict.UNREADABLE, ":" + e.getMessage());
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
