package io.meridian.ipvs.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.meridian.ipvs.uml.GuestTests;
import io.meridian.ipvs.uml.UmlKernel;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Boots a Linux kernel with IPVS and runs the {@code ...Guest} classes in it; each of their tests
 * shows up here. Skipped where user-mode Linux is not installed, unless the environment variable CI
 * is set: there it must be.
 */
class RealKernelTest {
    private static final List<Class<?>> GUESTS =
            List.of(NetlinkKernelGuest.class, BalancingGuest.class, FillGuest.class);
    private static final Path FOLDER = Path.of("target", "uml").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private static UmlKernel.Run run;

    @BeforeAll
    static void boot() throws Exception {
        Optional<String> missing = UmlKernel.missing();
        if (missing.isPresent() && System.getenv("CI") == null) {
            Assumptions.abort("no real kernel to test against: " + missing.get());
        }
        missing.ifPresent(what -> fail("no real kernel to test against: " + what));
        String[] names = GUESTS.stream().map(Class::getName).toArray(String[]::new);
        run =
                UmlKernel.run(
                        FOLDER,
                        UmlKernel.java(FOLDER, "-Xmx400m", GuestTests.class.getName(), names)
                                + "\n",
                        LIMIT);
        run.output()
                .lines()
                .filter(line -> line.startsWith("FIGURE "))
                .forEach(System.out::println);
    }

    @TestFactory
    Stream<DynamicTest> insideTheGuest() {
        return expected().stream().map(name -> dynamicTest(name, () -> passes(name)));
    }

    private static void passes(String name) {
        if (run.output().lines().noneMatch(("PASS " + name)::equals)) {
            fail(
                    run.output()
                            .lines()
                            .filter(line -> line.startsWith("FAIL " + name + ":"))
                            .findFirst()
                            .orElse(
                                    "no result of "
                                            + name
                                            + "; the guest wrote:\n"
                                            + run.output()
                                            + "\n"
                                            + run.console()));
        }
    }

    @Test
    void theGuestRunsExactlyTheseTestsAndEnds() {
        assertThat(run.output().lines().filter(line -> line.startsWith("PASS ")))
                .as(
                        () ->
                                "passed inside the guest, which wrote:\n"
                                        + run.output()
                                        + "\n"
                                        + run.console())
                .containsExactlyInAnyOrderElementsOf(
                        expected().stream().map(name -> "PASS " + name).toList());
        assertThat(run.output().lines()).noneMatch(line -> line.startsWith("FAIL "));
        assertThat(run.exitCode()).isZero();
    }

    private static SortedSet<String> expected() {
        SortedSet<String> names = new TreeSet<>();
        GUESTS.forEach(guest -> names.addAll(GuestTests.names(guest)));
        return names;
    }
}
