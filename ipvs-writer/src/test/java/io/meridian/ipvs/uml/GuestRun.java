package io.meridian.ipvs.uml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.meridian.testkit.Requirement;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.DynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Runs test classes inside a guest and reports each of their tests. If a package that the guest
 * needs is missing, the calling test is skipped; with environment variable CI it fails.
 */
public final class GuestRun {
    private static final List<SystemPackage> PACKAGES =
            List.of(
                    SystemPackage.USER_MODE_LINUX,
                    SystemPackage.KMOD,
                    SystemPackage.IPVSADM,
                    SystemPackage.IPSET,
                    SystemPackage.IPTABLES,
                    SystemPackage.IPROUTE2,
                    SystemPackage.CURL);

    private final UmlKernel.Run run;
    private final SortedSet<String> expected = new TreeSet<>();

    private GuestRun(UmlKernel.Run run, List<Class<?>> guests) {
        this.run = run;
        guests.forEach(guest -> expected.addAll(GuestTests.names(guest)));
    }

    /**
     * Boots a kernel, runs test classes in it in the given order, and prints output lines that
     * begin with {@code FIGURE}. The system property {@code guests}, a regular expression, selects
     * classes by simple name.
     *
     * @param folder folder below the build folder for the guest's files
     * @param options options of the JVM inside the guest
     */
    public static GuestRun boot(Path folder, Duration limit, String options, List<Class<?>> guests)
            throws IOException, InterruptedException {
        requirePackages();
        List<Class<?>> chosen =
                guests.stream()
                        .filter(
                                guest ->
                                        guest.getSimpleName()
                                                .matches(System.getProperty("guests", ".*")))
                        .toList();
        String[] names = chosen.stream().map(Class::getName).toArray(String[]::new);
        UmlKernel.Run run =
                UmlKernel.run(
                        folder,
                        UmlKernel.java(folder, options, GuestTests.class.getName(), names) + "\n",
                        limit);
        run.output()
                .lines()
                .filter(line -> line.startsWith("FIGURE "))
                .forEach(System.out::println);
        return new GuestRun(run, chosen);
    }

    /** Skips the calling test, or fails it in CI, unless a guest can be booted here. */
    public static void requirePackages() {
        PACKAGES.forEach(Requirement::program);
    }

    /** A test for each test that should have run inside the guest. */
    public Stream<DynamicTest> tests() {
        return expected.stream().map(name -> dynamicTest(name, () -> passes(name)));
    }

    private void passes(String name) {
        if (run.output().lines().noneMatch(("PASS " + name)::equals)) {
            fail(
                    run.output()
                            .lines()
                            .filter(line -> line.startsWith("FAIL " + name + ":"))
                            .findFirst()
                            .orElseGet(() -> "no result of " + name + "; " + whatItWrote()));
        }
    }

    /** Asserts that exactly the expected tests ran and passed, and that the guest ended. */
    public void assertWhole() {
        assertThat(run.output().lines().filter(line -> line.startsWith("PASS ")))
                .as(this::whatItWrote)
                .containsExactlyInAnyOrderElementsOf(
                        expected.stream().map(name -> "PASS " + name).toList());
        assertThat(run.output().lines()).noneMatch(line -> line.startsWith("FAIL "));
        assertThat(run.exitCode()).isZero();
    }

    private String whatItWrote() {
        List<String> lines = run.output().lines().toList();
        return "the guest wrote, at its end:\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()))
                + "\n"
                + Arrays.asList(run.console().split("\n")).getLast();
    }
}
