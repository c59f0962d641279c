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
 * Boots a Linux kernel with IPVS and runs the {@code ...Guest} classes in it: what the kernel does
 * with what we write, and that the host is set up. Each of their tests shows up here.
 */
class RealKernelTest {
    private static GuestRun run;

    @BeforeAll
    static void boot() throws Exception {
        run =
                GuestRun.boot(
                        Path.of("target", "uml").toAbsolutePath(),
                        Duration.ofSeconds(280),
                        "-Xmx400m",
                        List.of(
                                NetlinkKernelGuest.class,
                                HostGuest.class,
                                BalancingGuest.class,
                                FillGuest.class));
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
