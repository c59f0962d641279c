package io.meridian.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every class, test, file, room and script that documents, READMEs and comments name exists. Names
 * of other projects stand in {@code foreign-names.txt}.
 */
class ReferencesExistTest {
    private static final Pattern TYPE =
            Pattern.compile("\\b(?:class|record|interface|enum)\\s+([A-Z]\\w*)");
    private static final Pattern COMMENT =
            Pattern.compile("/\\*\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
    private static final Pattern TEST_NAME = Pattern.compile("\\b[A-Z]\\w+Test\\b");
    private static final Pattern TEST_METHOD =
            Pattern.compile("`([A-Z]\\w+Test)\\.(\\w+?)(\\.\\.\\.)?`");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern NAME = Pattern.compile("\\b(?:[A-Z][a-z0-9]+){2,}\\b");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]+)(?:#[^)]*)?\\)");
    private static final Pattern PATH = Pattern.compile("[\\w.-]+(?:/[\\w.-]+)+");
    private static final Pattern MAVEN = Pattern.compile("(?m)^.*\\./mvnw .*$");
    private static final Pattern ROOMS = Pattern.compile("-pl ([\\w,-]+)");
    private static final Pattern CHOSEN = Pattern.compile("-Dtest=['\"]?([\\w*,]+)");
    private static final Pattern SCRIPT =
            Pattern.compile("(?m)^(?:\\$ )?((?:\\./)?[\\w.-]+/[\\w/.-]*run|\\./\\w+)\\b");

    private static final Map<String, String> SOURCES = new HashMap<>();
    private static final Set<String> TYPES = new HashSet<>();

    @BeforeAll
    static void readSources() {
        for (Path file : Repository.javaFiles()) {
            String text = Repository.text(file);
            String simple = file.getFileName().toString().replace(".java", "");
            SOURCES.merge(simple, text, String::concat);
            TYPES.add(simple);
            matches(TYPE, text).forEach(match -> TYPES.add(match.group(1)));
        }
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    @Test
    void testsThatCommentsNameExist() {
        List<String> missing = new ArrayList<>();
        for (Path file : Repository.javaFiles()) {
            for (MatchResult comment : matches(COMMENT, Repository.text(file))) {
                matches(TEST_NAME, comment.group()).stream()
                        .map(MatchResult::group)
                        .filter(name -> !TYPES.contains(name))
                        .forEach(name -> missing.add(file + ": " + name));
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void classesThatDocumentsNameExist() throws IOException {
        Set<String> foreign =
                new HashSet<>(Files.readAllLines(Path.of("src/test/resources/foreign-names.txt")));
        List<String> missing = new ArrayList<>();
        for (Path file : Repository.markdownFiles()) {
            for (MatchResult code : matches(CODE, prose(file))) {
                matches(NAME, code.group(1)).stream()
                        .map(MatchResult::group)
                        .filter(name -> !TYPES.contains(name) && !foreign.contains(name))
                        .forEach(name -> missing.add(file + ": " + name));
            }
        }
        assertThat(missing).isEmpty();
    }

    /** A name that ends with three dots stands for all methods with that prefix. */
    @Test
    void testMethodsThatDocumentsNameExist() {
        List<String> missing = new ArrayList<>();
        for (Path file : Repository.markdownFiles()) {
            for (MatchResult test : matches(TEST_METHOD, Repository.text(file))) {
                String source = SOURCES.getOrDefault(test.group(1), "");
                String method = test.group(2) + (test.group(3) == null ? "" : "\\w*");
                if (!Pattern.compile("\\b" + method + "\\s*\\(").matcher(source).find()) {
                    missing.add(file + ": " + test.group());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void filesThatDocumentsNameExist() {
        List<String> missing = new ArrayList<>();
        for (Path file : Repository.markdownFiles()) {
            matches(LINK, Repository.text(file)).stream()
                    .map(match -> match.group(1))
                    .filter(link -> !link.matches("[a-z]+:.*"))
                    .filter(link -> !Files.exists(beside(file, link)))
                    .forEach(link -> missing.add(file + ": " + link));
            matches(CODE, prose(file)).stream()
                    .map(match -> match.group(1))
                    .filter(path -> PATH.matcher(path).matches() && isOfThisRepository(path))
                    .filter(path -> !exists(file, path))
                    .forEach(path -> missing.add(file + ": " + path));
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void commandsThatDocumentsShowNameRoomsTestsAndScripts() {
        List<String> missing = new ArrayList<>();
        for (Path file : Repository.markdownFiles()) {
            for (MatchResult block : matches(BLOCK, Repository.text(file))) {
                matches(MAVEN, block.group())
                        .forEach(line -> missing.addAll(missingOf(file, line.group())));
                matches(SCRIPT, block.group()).stream()
                        .map(match -> match.group(1))
                        .filter(script -> !Files.isExecutable(Repository.ROOT.resolve(script)))
                        .forEach(script -> missing.add(file + ": " + script));
            }
        }
        assertThat(missing).isEmpty();
    }

    private static List<String> missingOf(Path file, String command) {
        List<String> missing = new ArrayList<>();
        Matcher rooms = ROOMS.matcher(command);
        while (rooms.find()) {
            for (String room : rooms.group(1).split(",")) {
                if (!Files.exists(Repository.ROOT.resolve(room).resolve("pom.xml"))) {
                    missing.add(file + ": room " + room);
                }
            }
        }
        Matcher chosen = CHOSEN.matcher(command);
        while (chosen.find()) {
            for (String test : chosen.group(1).split(",")) {
                String pattern = test.replace("*", "\\w*");
                if (SOURCES.keySet().stream().noneMatch(name -> name.matches(pattern))) {
                    missing.add(file + ": test " + test);
                }
            }
        }
        return missing;
    }

    /** Text outside code blocks. */
    private static String prose(Path file) {
        return BLOCK.matcher(Repository.text(file)).replaceAll("");
    }

    private static Path beside(Path file, String name) {
        return Repository.ROOT.resolve(file).resolveSibling(name);
    }

    private static boolean isOfThisRepository(String path) {
        String first = path.substring(0, path.indexOf('/'));
        return Files.isDirectory(Repository.ROOT.resolve(first))
                && !path.contains("...")
                && !path.matches("(.*/)?target/.*");
    }

    /**
     * Whether a path exists: from the root, relative to the document, or as the end of a class's
     * path.
     */
    private static boolean exists(Path file, String path) {
        return Files.exists(Repository.ROOT.resolve(path))
                || Files.exists(beside(file, path))
                || Repository.javaFiles().stream()
                        .anyMatch(each -> each.toString().endsWith("/" + path + ".java"));
    }
}
