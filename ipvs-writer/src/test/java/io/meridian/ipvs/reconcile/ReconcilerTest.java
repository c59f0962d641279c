package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;
import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.wlc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.domain.net.AddressRange;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.RemoveRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Ownership;
import io.meridian.ipvs.RouteOperation.AddRoute;
import io.meridian.ipvs.RouteOperation.RemoveRoute;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

class ReconcilerTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final KernelState ONE = serving("11.0.0.1:80", real("10.0.0.1:8080", 1));
    private static final KernelState OTHER = serving("11.0.0.1:80", real("10.0.0.2:8080", 1));
    private static final KernelState NONE =
            KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP);

    private final FakeKernel kernel = new FakeKernel();
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final Reconciler reconciler =
            new Reconciler(
                    kernel,
                    new Ownership(
                            AddressRange.parse("11.0.0.0-11.255.255.255").orElseThrow(),
                            AddressRange.parse("fd01:c::-fd01:c::ffff:ffff:ffff:ffff")
                                    .orElseThrow()),
                    now::get);

    @Test
    void theFirstRoundMakesTheKernelMatch() throws Exception {
        Round round = reconciler.reconcileOnce(ONE, false);

        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.operations()).isEqualTo(4);
        assertThat(round.drift()).isEmpty();
        assertThat(round.failures()).isEmpty();
    }

    @Test
    void aRestartFindsItsOwnStateAndDoesNothing() throws Exception {
        kernel.holding(ONE);

        assertThat(reconciler.reconcileOnce(ONE, false).operations()).isZero();
        assertThat(kernel.executed()).isEmpty();
    }

    @Test
    void aChangeAfterAGoodRoundNeedsNoDump() throws Exception {
        reconciler.reconcileOnce(ONE, false);
        reconciler.reconcileOnce(OTHER, false);

        assertThat(kernel.observations()).isEqualTo(1);
        assertThat(kernel.state()).isEqualTo(OTHER);
    }

    @Test
    void anAuditFindsAndRepairsWhatSomebodyElseChanged() throws Exception {
        reconciler.reconcileOnce(ONE, false);
        kernel.edit(new RemoveRealServer(tcp("11.0.0.1:80"), tcp("10.0.0.1:8080")));
        kernel.edit(new AddVirtualServer(wlc(tcp("11.0.0.9:80"))));

        Round round = reconciler.reconcileOnce(ONE, true);

        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.drift())
                .containsExactlyInAnyOrder(
                        "add real server: vs=11.0.0.1:80/tcp rs=10.0.0.1:8080/tcp weight=1",
                        "remove virtual server: vs=11.0.0.9:80/tcp");
        assertThat(round.repaired()).isEqualTo(2);
    }

    @Test
    void anAuditThatFindsNothingDoesNothing() throws Exception {
        reconciler.reconcileOnce(ONE, false);

        Round round = reconciler.reconcileOnce(ONE, true);

        assertThat(round.operations()).isZero();
        assertThat(round.drift()).isEmpty();
    }

    @Test
    void anImageThatCameBeforeTheAuditIsNotDrift() throws Exception {
        reconciler.reconcileOnce(ONE, false);

        Round round = reconciler.reconcileOnce(OTHER, true);

        assertThat(round.operations()).isEqualTo(2);
        assertThat(round.drift()).isEmpty();
        assertThat(round.repaired()).isZero();
    }

    @Test
    void aDeletedInterfaceIsRaisedAndRoutedAgain() throws Exception {
        reconciler.reconcileOnce(ONE, false);
        kernel.holding(KernelState.of(ONE.table(), List.of(), LinkState.ABSENT));

        Round round = reconciler.reconcileOnce(ONE, true);

        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.repaired()).isEqualTo(2);
    }

    @Test
    void whatIsNotOursIsNeverTouched() throws Exception {
        KernelState foreign =
                KernelState.of(
                        serving("192.168.1.1:80", real("192.168.1.2:80", 1)).table(),
                        List.of(),
                        LinkState.ABSENT);
        kernel.holding(foreign);

        reconciler.reconcileOnce(ONE, false);
        reconciler.reconcileOnce(NONE, true);

        assertThat(kernel.state().table()).isEqualTo(foreign.table());
    }

    @Test
    void anIpVipAtAStrangersAddressIsReportedAndTheOthersProceed() throws Exception {
        kernel.holding(
                KernelState.of(
                        serving("10.9.0.1:443", real("192.168.1.2:443", 1)).table(),
                        List.of(),
                        LinkState.ABSENT));
        KernelState desired =
                KernelState.of(
                        new IpvsTable.Builder()
                                .put(wlc(tcp("10.9.0.1:80")), List.of(real("10.0.0.1:8080", 1)))
                                .put(wlc(tcp("11.0.0.1:80")), List.of(real("10.0.0.1:8080", 1)))
                                .build(),
                        List.of(ip("10.9.0.1"), ip("11.0.0.1")),
                        LinkState.UP);

        Round round = reconciler.reconcileOnce(desired, false);

        assertThat(round.failures())
                .singleElement()
                .satisfies(
                        failure -> {
                            assertThat(failure.row()).isEqualTo("vip=10.9.0.1");
                            assertThat(failure.message()).contains("10.9.0.1:443/tcp");
                        });
        assertThat(kernel.state().routes()).containsExactly(ip("11.0.0.1"));
        assertThat(kernel.state().table().get(tcp("10.9.0.1:443"))).isPresent();
    }

    @Test
    void aNewIpVipIsCheckedAgainstTheKernelFirst() throws Exception {
        reconciler.reconcileOnce(ONE, false);
        kernel.edit(new AddVirtualServer(wlc(tcp("10.9.0.1:80"))));
        kernel.edit(new AddRealServer(tcp("10.9.0.1:80"), real("192.168.1.2:80", 1)));

        Round round =
                reconciler.reconcileOnce(serving("10.9.0.1:80", real("10.0.0.1:8080", 1)), false);

        assertThat(round.failures()).extracting(Failure::row).containsExactly("vip=10.9.0.1");
        assertThat(kernel.state().table().get(tcp("10.9.0.1:80")).orElseThrow().realServers())
                .containsOnlyKeys(tcp("192.168.1.2:80"));
    }

    @Test
    void oneRefusedRowCarriesItsErrnoAndTheOthersProceed() throws Exception {
        kernel.refuse(adds("10.0.0.2:8080"));

        Round round =
                reconciler.reconcileOnce(
                        serving("11.0.0.1:80", real("10.0.0.1:8080", 1), real("10.0.0.2:8080", 1)),
                        false);

        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.failures())
                .containsExactly(
                        new Failure(
                                "vs=11.0.0.1:80/tcp rs=10.0.0.2:8080/tcp",
                                "ENOMEM",
                                "cannot add real server: vs=11.0.0.1:80/tcp rs=10.0.0.2:8080/tcp"
                                    + " weight=1: kernel said ENOMEM (12), out of memory; will dump"
                                    + " and retry",
                                START));
    }

    @Test
    void aRowKeepsTheTimeOfItsFirstFailureUntilItSucceeds() throws Exception {
        kernel.refuse(adds("10.0.0.1:8080"));
        reconciler.reconcileOnce(ONE, false);
        now.set(START.plusSeconds(60));

        assertThat(reconciler.reconcileOnce(ONE, false).failures())
                .extracting(Failure::since)
                .containsOnly(START);

        kernel.refuse(operation -> false);
        assertThat(reconciler.reconcileOnce(ONE, false).failures()).isEmpty();
        assertThat(kernel.state()).isEqualTo(ONE);
    }

    @Test
    void aVipWhoseVirtualServerIsRefusedIsNotRouted() throws Exception {
        kernel.refuse(AddVirtualServer.class::isInstance);

        Round round = reconciler.reconcileOnce(ONE, false);

        assertThat(kernel.state().routes()).isEmpty();
        assertThat(round.failures())
                .extracting(Failure::row)
                .contains("vs=11.0.0.1:80/tcp", "route=11.0.0.1");
    }

    @Test
    void theOldBackendStaysWhileTheNewOneIsRefused() throws Exception {
        reconciler.reconcileOnce(ONE, false);
        kernel.refuse(adds("10.0.0.2:8080"));

        reconciler.reconcileOnce(OTHER, false);

        assertThat(kernel.state()).isEqualTo(ONE);
    }

    @Test
    void aVirtualServerWhoseRouteIsStuckStays() throws Exception {
        reconciler.reconcileOnce(ONE, false);
        kernel.refuse(RemoveRoute.class::isInstance);

        reconciler.reconcileOnce(NONE, false);
        assertThat(kernel.state()).isEqualTo(ONE);

        kernel.refuse(operation -> false);
        reconciler.reconcileOnce(NONE, false);
        assertThat(kernel.state()).isEqualTo(NONE);
    }

    @Test
    void aSurpriseLeadsToADumpWithinTheSameRound() throws Exception {
        reconciler.reconcileOnce(ONE, false);
        kernel.edit(new RemoveRoute(ip("11.0.0.1")));
        kernel.edit(new RemoveVirtualServer(tcp("11.0.0.1:80")));

        Round round = reconciler.reconcileOnce(OTHER, false);

        assertThat(kernel.state()).isEqualTo(OTHER);
        assertThat(round.failures()).isEmpty();
        assertThat(kernel.observations()).isEqualTo(2);
    }

    @Test
    void lostAnswersLeadToADump() throws Exception {
        reconciler.reconcileOnce(NONE, false);
        kernel.lose(AddRealServer.class::isInstance);

        Round round = reconciler.reconcileOnce(ONE, false);

        assertThat(kernel.observations()).isEqualTo(2);
        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.failures()).isEmpty();
    }

    @Test
    void afterAFaultTheKernelIsDumped() throws Exception {
        reconciler.reconcileOnce(ONE, false);
        kernel.reachable(false);
        assertThatThrownBy(() -> reconciler.reconcileOnce(OTHER, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ENOBUFS (105)");
        kernel.reachable(true);

        reconciler.reconcileOnce(OTHER, false);

        assertThat(kernel.observations()).isEqualTo(2);
        assertThat(kernel.state()).isEqualTo(OTHER);
    }

    @Test
    void aRouteComesAfterItsServers() throws Exception {
        reconciler.reconcileOnce(ONE, false);

        assertThat(kernel.executed().getLast()).isEqualTo(new AddRoute(ip("11.0.0.1")));
    }

    private static Predicate<Operation> adds(String real) {
        return operation ->
                operation instanceof AddRealServer add && add.real().endpoint().equals(tcp(real));
    }
}
