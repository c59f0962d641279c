package io.meridian.ipvs.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.RealServer;
import io.meridian.ipvs.Target;
import io.meridian.ipvs.VirtualServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Fills a large table on Linux inside the guest; prints times and asserts none. */
@EnabledIf(
        value = "io.meridian.ipvs.uml.UmlKernel#isHere",
        disabledReason = "only inside the kernel that RealKernelTest boots")
class FillGuest {
    private static final int VIRTUAL = 1000;
    private static final int REAL = 10;

    @Test
    void aThousandVipsOfTenBackendsAreAddedAndRemoved() throws Exception {
        Guest.clean();
        KernelState desired = desired(VIRTUAL);
        KernelState nothing = KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP);
        try (Kernel kernel = Kernel.open(Guest.SETTINGS)) {
            Reconciler reconciler =
                    new Reconciler(kernel, Guest.SETTINGS.ownership(), InstantSource.system());

            Round fill = reconciler.reconcileOnce(Target.of(desired), false);
            assertThat(fill.failures()).isEmpty();
            assertThat(fill.operations()).isEqualTo(1 + VIRTUAL * (REAL + 2));
            figure("fill", fill);

            Round audit = reconciler.reconcileOnce(Target.of(desired), true);
            assertThat(audit.operations()).isZero();
            figure("audit", audit);
            assertThat(kernel.observe().state()).isEqualTo(desired);

            Round empty = reconciler.reconcileOnce(Target.of(nothing), false);
            assertThat(empty.failures()).isEmpty();
            figure("empty", empty);
            assertThat(kernel.observe().state()).isEqualTo(nothing);
        }
    }

    @Test
    void ipvsadmTakesLongerForTheSameTable() throws Exception {
        Guest.clean();
        int some = VIRTUAL / 10; // ipvsadm's time grows with the table, so this favours ipvsadm
        Path rules = Files.write(Path.of("rules"), rules(desired(some).table()));
        long start = System.nanoTime();
        Process restore = new ProcessBuilder("ipvsadm", "-R").redirectInput(rules.toFile()).start();
        assertThat(restore.waitFor()).isZero();
        double theirs = (System.nanoTime() - start) / 1e9;

        KernelState nothing = KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP);
        try (Kernel kernel = Kernel.open(Guest.SETTINGS)) {
            Reconciler reconciler =
                    new Reconciler(kernel, Guest.SETTINGS.ownership(), InstantSource.system());
            Guest.clean();
            reconciler.reconcileOnce(Target.of(desired(some)), false); // warms the JVM up
            reconciler.reconcileOnce(Target.of(nothing), false);
            Round ours = reconciler.reconcileOnce(Target.of(desired(some)), false);
            assertThat(ours.failures()).isEmpty();
            double mine = ours.took().toNanos() / 1e9;
            System.out.printf(
                    java.util.Locale.ROOT,
                    "FIGURE %d virtual x %d real servers: ipvsadm -R %.3f s, ours with routes %.3f"
                            + " s, ratio %.1f%n",
                    some,
                    REAL,
                    theirs,
                    mine,
                    theirs / mine);
        }
    }

    private static List<String> rules(IpvsTable table) {
        List<String> rules = new ArrayList<>();
        for (IpvsTable.Entry entry : table.entries()) {
            String server = text(entry.server().endpoint());
            rules.add("-A -t " + server + " -s wlc");
            for (RealServer real : entry.realServers()) {
                rules.add("-a -t " + server + " -r " + text(real.endpoint()) + " -m -w 1");
            }
        }
        return rules;
    }

    private static String text(Endpoint endpoint) {
        return endpoint.address() + ":" + endpoint.port();
    }

    private static KernelState desired(int virtual) {
        IpvsTable.Builder table = new IpvsTable.Builder();
        List<IpAddress> routes = new ArrayList<>();
        for (int i = 0; i < virtual; i++) {
            IpAddress address = IpAddress.of(new byte[] {11, 1, (byte) (i >> 8), (byte) i});
            routes.add(address);
            List<RealServer> reals = new ArrayList<>();
            for (int j = 1; j <= REAL; j++) {
                IpAddress real = IpAddress.of(new byte[] {10, (byte) j, (byte) (i >> 8), (byte) i});
                reals.add(RealServer.masquerade(new Endpoint(real, 8080, Protocol.TCP), 1));
            }
            table.put(
                    VirtualServer.of(new Endpoint(address, 80, Protocol.TCP), VirtualServer.WLC),
                    reals);
        }
        return KernelState.of(table.build(), routes, LinkState.UP);
    }

    private static void figure(String what, Round round) {
        System.out.printf(
                java.util.Locale.ROOT,
                "FIGURE %s %d virtual x %d real servers: operations=%d took=%.3f s%n",
                what,
                VIRTUAL,
                REAL,
                round.operations(),
                round.took().toNanos() / 1e9);
    }
}
