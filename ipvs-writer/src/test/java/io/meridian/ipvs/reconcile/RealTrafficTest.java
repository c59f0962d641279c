package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.uml.GuestRun;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Boots a Linux kernel with IPVS and runs scenarios in it, most of them with traffic flowing. Each
 * shows up here.
 */
class RealTrafficTest {
    private static GuestRun run;

    @BeforeAll
    static void boot() throws Exception {
        run =
                GuestRun.boot(
                        Path.of("target", "uml-traffic").toAbsolutePath(),
                        Duration.ofSeconds(280),
                        "-Xmx400m",
                        List.of(TrafficGuest.class, NamespaceGuest.class));
    }

    @TestFactory
    Stream<DynamicTest> insideTheGuest() {
        return run.tests();
    }

    @Test
    void theGuestRunsExactlyTheseTestsAndEnds() {
        run.assertWhole();
    }
}
