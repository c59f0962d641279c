package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.uml.GuestRun;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Boots a Linux kernel with IPVS and runs scenarios in it, most of them with traffic. Each is
 * listed here.
 */
class RealTrafficTest {
    /** Bounds a guest that hangs; on a busy machine a run takes several minutes. */
    private static final Duration LIMIT = Duration.ofMinutes(15);

    private static GuestRun run;

    @BeforeAll
    @Timeout(value = 16, unit = TimeUnit.MINUTES)
    static void boot() throws Exception {
        run =
                GuestRun.boot(
                        Path.of("target", "uml-traffic").toAbsolutePath(),
                        LIMIT,
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
