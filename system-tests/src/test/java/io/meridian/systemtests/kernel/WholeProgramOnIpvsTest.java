package io.meridian.systemtests.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.meridian.ipvs.uml.GuestRun;
import io.meridian.ipvs.uml.GuestTests;
import io.meridian.ipvs.uml.UmlKernel;
import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The whole program between a recorded Marathon stream and a real IPVS kernel, checked by {@code
 * dig} and {@code ipvsadm}. Boots a kernel and runs {@link RecordedMarathonGuest} in it; each step
 * of the scenario is reported here. Skipped where user-mode Linux or {@code dig} is not installed,
 * but fails there if MERIDIAN_CI is set.
 */
@NeedsPackage(SystemPackage.DNSUTILS)
@Order(1)
class WholeProgramOnIpvsTest {
    private static final Path FOLDER = Path.of("target", "uml").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofMinutes(8);

    private static UmlKernel.Run run;

    @BeforeAll
    @Timeout(value = 9, unit = TimeUnit.MINUTES)
    static void boot() throws Exception {
        GuestRun.requirePackages();
        String home = Path.of("..").toAbsolutePath().normalize().toString();
        String script =
                UmlKernel.java(
                        FOLDER,
                        "-Xmx160m -Dmeridian.home=" + home,
                        GuestTests.class.getName(),
                        RecordedMarathonGuest.class.getName());
        run = UmlKernel.run(FOLDER, script + "\n", LIMIT);
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
                            .orElseGet(() -> "no result of " + name + "; " + whatTheGuestWrote()));
        }
    }

    @Test
    void theGuestRunsExactlyTheseStepsAndEnds() {
        assertThat(run.output().lines().filter(line -> line.startsWith("PASS ")))
                .as(WholeProgramOnIpvsTest::whatTheGuestWrote)
                .containsExactlyInAnyOrderElementsOf(
                        expected().stream().map(name -> "PASS " + name).toList());
        assertThat(run.output().lines()).noneMatch(line -> line.startsWith("FAIL "));
        assertThat(run.exitCode()).isZero();
    }

    private static String whatTheGuestWrote() {
        return "the guest wrote:\n" + run.output() + "\n" + run.console();
    }

    private static List<String> expected() {
        return List.copyOf(GuestTests.names(RecordedMarathonGuest.class));
    }
}
