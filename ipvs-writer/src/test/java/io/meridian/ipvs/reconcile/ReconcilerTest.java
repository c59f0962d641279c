package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;
import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.wlc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.meridian.domain.net.AddressRange;
import io.meridian.ipvs.AffectedServers;
import io.meridian.ipvs.GracefulTransition;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.RemoveRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateVirtualServer;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Ownership;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.RealServer;
import io.meridian.ipvs.RouteOperation.AddRoute;
import io.meridian.ipvs.RouteOperation.RemoveRoute;
import io.meridian.ipvs.SchedulerFallback;
import io.meridian.ipvs.Target;
import io.meridian.ipvs.TransitionPolicy;
import io.meridian.ipvs.VirtualServer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

class ReconcilerTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final KernelState ONE = serving("11.0.0.1:80", real("10.0.0.1:8080", 1));
    private static final KernelState OTHER = serving("11.0.0.1:80", real("10.0.0.2:8080", 1));
    private static final KernelState NONE =
            KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP);

    private static final Ownership OWNERSHIP =
            new Ownership(
                    AddressRange.parse("11.0.0.0-11.255.255.255").orElseThrow(),
                    AddressRange.parse("fd01:c::-fd01:c::ffff:ffff:ffff:ffff").orElseThrow());

    private final FakeKernel kernel = new FakeKernel();
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final Reconciler reconciler = new Reconciler(kernel, OWNERSHIP, now::get);

    @Test
    void theFirstRoundMakesTheKernelMatch() throws Exception {
        Round round = reconcile(ONE, false);

        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.operations()).isEqualTo(4);
        assertThat(round.drift()).isEmpty();
        assertThat(round.failures()).isEmpty();
    }

    @Test
    void aRestartFindsItsOwnStateAndDoesNothing() throws Exception {
        kernel.holding(ONE);

        assertThat(reconcile(ONE, false).operations()).isZero();
        assertThat(kernel.executed()).isEmpty();
    }

    @Test
    void aChangeAfterAGoodRoundNeedsNoDump() throws Exception {
        reconcile(ONE, false);
        reconcile(OTHER, false);

        assertThat(kernel.observations()).isEqualTo(1);
        assertThat(kernel.state()).isEqualTo(OTHER);
    }

    @Test
    void anAuditFindsAndRepairsChangesOfOtherPrograms() throws Exception {
        reconcile(ONE, false);
        kernel.edit(new RemoveRealServer(tcp("11.0.0.1:80"), tcp("10.0.0.1:8080")));
        kernel.edit(new AddVirtualServer(wlc(tcp("11.0.0.9:80"))));

        Round round = reconcile(ONE, true);

        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.drift())
                .containsExactlyInAnyOrder(
                        "add real server: vs=11.0.0.1:80/tcp rs=10.0.0.1:8080/tcp weight=1",
                        "remove virtual server: vs=11.0.0.9:80/tcp");
        assertThat(round.repaired()).isEqualTo(2);
    }

    @Test
    void anAuditThatFindsNothingDoesNothing() throws Exception {
        reconcile(ONE, false);

        Round round = reconcile(ONE, true);

        assertThat(round.operations()).isZero();
        assertThat(round.drift()).isEmpty();
    }

    @Test
    void anImageThatCameBeforeTheAuditIsNotDrift() throws Exception {
        reconcile(ONE, false);

        Round round = reconcile(OTHER, true);

        assertThat(round.operations()).isEqualTo(2);
        assertThat(round.drift()).isEmpty();
        assertThat(round.repaired()).isZero();
    }

    @Test
    void aDeletedInterfaceIsRaisedAndRoutedAgain() throws Exception {
        reconcile(ONE, false);
        kernel.holding(KernelState.of(ONE.table(), List.of(), LinkState.ABSENT));

        Round round = reconcile(ONE, true);

        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.repaired()).isEqualTo(2);
    }

    @Test
    void rowsOfOtherProgramsAreNeverChanged() throws Exception {
        KernelState foreign =
                KernelState.of(
                        serving("192.168.1.1:80", real("192.168.1.2:80", 1)).table(),
                        List.of(),
                        LinkState.ABSENT);
        kernel.holding(foreign);

        reconcile(ONE, false);
        reconcile(NONE, true);

        assertThat(kernel.state().table()).isEqualTo(foreign.table());
    }

    @Test
    void anIpVipAtAForeignAddressIsReportedAndTheOthersProceed() throws Exception {
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

        Round round = reconcile(desired, false);

        assertThat(round.failures())
                .singleElement()
                .satisfies(
                        failure -> {
                            assertThat(failure.row()).isEqualTo("vip=10.9.0.1");
                            assertThat(failure.kind()).isEqualTo(Failure.Kind.ADDRESS);
                            assertThat(failure.affected())
                                    .isEqualTo(new AffectedServers.AtAddress(ip("10.9.0.1")));
                            assertThat(failure.message()).contains("10.9.0.1:443/tcp");
                        });
        assertThat(kernel.state().routes()).containsExactly(ip("11.0.0.1"));
        assertThat(kernel.state().table().get(tcp("10.9.0.1:443"))).isPresent();
    }

    @Test
    void aNewIpVipIsCheckedAgainstTheKernelFirst() throws Exception {
        reconcile(ONE, false);
        kernel.edit(new AddVirtualServer(wlc(tcp("10.9.0.1:80"))));
        kernel.edit(new AddRealServer(tcp("10.9.0.1:80"), real("192.168.1.2:80", 1)));

        Round round = reconcile(serving("10.9.0.1:80", real("10.0.0.1:8080", 1)), false);

        assertThat(round.failures()).extracting(Failure::row).containsExactly("vip=10.9.0.1");
        assertThat(kernel.state().table().get(tcp("10.9.0.1:80")).orElseThrow().realServers())
                .extracting(RealServer::endpoint)
                .containsExactly(tcp("192.168.1.2:80"));
    }

    @Test
    void oneRefusedRowCarriesItsErrnoAndTheOthersProceed() throws Exception {
        kernel.refuse(adds("10.0.0.2:8080"));

        Round round =
                reconcile(
                        serving("11.0.0.1:80", real("10.0.0.1:8080", 1), real("10.0.0.2:8080", 1)),
                        false);

        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.failures())
                .containsExactly(
                        new Failure(
                                Failure.Kind.KERNEL,
                                "vs=11.0.0.1:80/tcp rs=10.0.0.2:8080/tcp",
                                AffectedServers.of(tcp("11.0.0.1:80")),
                                "ENOMEM",
                                "cannot add real server: vs=11.0.0.1:80/tcp rs=10.0.0.2:8080/tcp"
                                    + " weight=1: kernel said ENOMEM (12), out of memory; will dump"
                                    + " and retry",
                                START,
                                1,
                                Optional.empty()));
    }

    @Test
    void aRowKeepsTheTimeOfItsFirstFailureUntilItSucceeds() throws Exception {
        kernel.refuse(adds("10.0.0.1:8080"));
        reconcile(ONE, false);
        now.set(START.plusSeconds(60));

        assertThat(reconcile(ONE, false).failures())
                .singleElement()
                .satisfies(
                        failure -> {
                            assertThat(failure.since()).isEqualTo(START);
                            assertThat(failure.tries()).isEqualTo(2);
                        });

        kernel.refuse(operation -> false);
        assertThat(reconcile(ONE, false).failures()).isEmpty();
        assertThat(kernel.state()).isEqualTo(ONE);
    }

    @Test
    void aVipWhoseVirtualServerIsRefusedIsNotRouted() throws Exception {
        kernel.refuse(AddVirtualServer.class::isInstance);

        Round round = reconcile(ONE, false);

        assertThat(kernel.state().routes()).isEmpty();
        assertThat(round.failures())
                .extracting(Failure::row, Failure::affected, Failure::tries)
                .as("the route is held back, so nothing has been tried")
                .contains(
                        tuple("vs=11.0.0.1:80/tcp", AffectedServers.of(tcp("11.0.0.1:80")), 1),
                        tuple("route=11.0.0.1", new AffectedServers.AtAddress(ip("11.0.0.1")), 0));
    }

    @Test
    void theOldBackendStaysWhileTheNewOneIsRefused() throws Exception {
        reconcile(ONE, false);
        kernel.refuse(adds("10.0.0.2:8080"));

        reconcile(OTHER, false);

        assertThat(kernel.state()).isEqualTo(ONE);
    }

    @Test
    void aVirtualServerWhoseRouteIsStuckStays() throws Exception {
        reconcile(ONE, false);
        kernel.refuse(RemoveRoute.class::isInstance);

        reconcile(NONE, false);
        assertThat(kernel.state()).isEqualTo(ONE);

        kernel.refuse(operation -> false);
        reconcile(NONE, false);
        assertThat(kernel.state()).isEqualTo(NONE);
    }

    @Test
    void aForeignChangeTriggersADumpInTheSameRound() throws Exception {
        reconcile(ONE, false);
        kernel.edit(new RemoveRoute(ip("11.0.0.1")));
        kernel.edit(new RemoveVirtualServer(tcp("11.0.0.1:80")));

        Round round = reconcile(OTHER, false);

        assertThat(kernel.state()).isEqualTo(OTHER);
        assertThat(round.failures()).isEmpty();
        assertThat(kernel.observations()).isEqualTo(2);
    }

    @Test
    void lostRepliesTriggerADump() throws Exception {
        reconcile(NONE, false);
        kernel.lose(AddRealServer.class::isInstance);

        Round round = reconcile(ONE, false);

        assertThat(kernel.observations()).isEqualTo(2);
        assertThat(kernel.state()).isEqualTo(ONE);
        assertThat(round.failures()).isEmpty();
    }

    @Test
    void afterAFaultTheKernelIsDumped() throws Exception {
        reconcile(ONE, false);
        kernel.reachable(false);
        assertThatThrownBy(() -> reconcile(OTHER, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ENOBUFS (105)");
        kernel.reachable(true);

        reconcile(OTHER, false);

        assertThat(kernel.observations()).isEqualTo(2);
        assertThat(kernel.state()).isEqualTo(OTHER);
    }

    @Test
    void aRouteIsAddedAfterItsServers() throws Exception {
        reconcile(ONE, false);

        assertThat(kernel.executed().getLast()).isEqualTo(new AddRoute(ip("11.0.0.1")));
    }

    private static Predicate<Operation> adds(String real) {
        return operation ->
                operation instanceof AddRealServer add && add.real().endpoint().equals(tcp(real));
    }

    @Test
    void aDrainReadsItsOwnCountersOnlyAndEndsWithTheLastConnection() throws Exception {
        TransitionPolicy minute = new TransitionPolicy(Duration.ofSeconds(60), Duration.ZERO);
        reconciler.reconcileOnce(withPolicy(ONE, minute), false);

        Round left = reconciler.reconcileOnce(withPolicy(OTHER, minute), false);
        assertThat(kernel.state())
                .isEqualTo(
                        serving("11.0.0.1:80", real("10.0.0.1:8080", 0), real("10.0.0.2:8080", 1)));
        assertThat(left.transition().drains()).hasSize(1);
        assertThat(left.due()).contains(START.plus(GracefulTransition.COUNT_INTERVAL));
        kernel.connections(tcp("11.0.0.1:80"), tcp("10.0.0.1:8080"), 1, 0);

        now.set(START.plusSeconds(30));
        assertThat(reconciler.reconcileOnce(withPolicy(OTHER, minute), false).operations())
                .isZero();

        kernel.connections(tcp("11.0.0.1:80"), tcp("10.0.0.1:8080"), 0, 1);
        now.set(START.plusSeconds(32));
        Round over = reconciler.reconcileOnce(withPolicy(OTHER, minute), false);

        assertThat(kernel.state()).isEqualTo(OTHER);
        assertThat(over.transition().drains()).isEmpty();
        assertThat(over.due()).isEmpty();
        assertThat(kernel.looks()).isEqualTo(2);
        assertThat(kernel.observations()).isEqualTo(1);
    }

    @Test
    void aDrainIsNoDrift() throws Exception {
        TransitionPolicy minute = new TransitionPolicy(Duration.ofSeconds(60), Duration.ZERO);
        reconciler.reconcileOnce(withPolicy(ONE, minute), false);
        reconciler.reconcileOnce(withPolicy(OTHER, minute), false);

        assertThat(reconciler.reconcileOnce(withPolicy(OTHER, minute), true).drift()).isEmpty();
    }

    @Test
    void aRemovedVipIsDrainedAndThenRemoved() throws Exception {
        TransitionPolicy minute = new TransitionPolicy(Duration.ofSeconds(60), Duration.ZERO);
        kernel.holding(ONE);

        reconciler.reconcileOnce(withPolicy(NONE, minute), false);
        assertThat(kernel.state()).isEqualTo(serving("11.0.0.1:80", real("10.0.0.1:8080", 0)));

        now.set(START.plusSeconds(60));
        reconciler.reconcileOnce(withPolicy(NONE, minute), false);
        assertThat(kernel.state()).isEqualTo(NONE);
        assertThat(kernel.executed().subList(1, 3))
                .as("route before virtual server")
                .containsExactly(
                        new RemoveRoute(ip("11.0.0.1")),
                        new RemoveVirtualServer(tcp("11.0.0.1:80")));
    }

    @Test
    void anInterruptedBatchIsFinishedByTheNextRound() throws Exception {
        KernelState first = serving("11.0.0.1:80", real("10.0.0.1:8080", 1));
        KernelState second =
                KernelState.of(
                        new IpvsTable.Builder()
                                .put(
                                        wlc(tcp("11.0.0.1:80")),
                                        List.of(real("10.0.0.2:8080", 1), real("10.0.0.3:8080", 1)))
                                .put(wlc(tcp("11.0.0.2:80")), List.of(real("10.0.0.1:8080", 1)))
                                .build(),
                        List.of(ip("11.0.0.1"), ip("11.0.0.2")),
                        LinkState.UP);
        for (int cut = 0; cut < 6; cut++) {
            FakeKernel dying = new FakeKernel();
            Reconciler mine = new Reconciler(dying, OWNERSHIP, now::get);
            mine.reconcileOnce(Target.of(first), false);
            dying.dieAfter(cut);
            assertThatThrownBy(() -> mine.reconcileOnce(Target.of(second), false))
                    .as("cut after %d", cut)
                    .isInstanceOf(IOException.class);
            assertThat(dying.state().table().get(tcp("11.0.0.1:80")).orElseThrow().realServers())
                    .as("serves when cut after %d", cut)
                    .isNotEmpty();
            dying.reachable(true);

            Round round = mine.reconcileOnce(Target.of(second), false);

            assertThat(dying.state()).as("healed after a cut at %d", cut).isEqualTo(second);
            assertThat(round.failures()).isEmpty();
        }
    }

    @Test
    void aSchedulerThatIsMissingIsReplacedInTheSameRoundAndReported() throws Exception {
        kernel.lack("mh");
        kernel.lack("sh");

        Round round = reconcile(hashed(), false);

        assertThat(kernel.state().table().get(tcp("11.0.0.1:80")).orElseThrow().server())
                .isEqualTo(wlc(tcp("11.0.0.1:80")));
        assertThat(kernel.state().routes()).containsExactly(ip("11.0.0.1"));
        assertThat(round.failures()).isEmpty();
        assertThat(round.refusals())
                .as("each time with its real server, in the same batch")
                .containsOnly(Map.entry("ENOENT", 2), Map.entry("ESRCH", 2));
        assertThat(round.fallbacks())
                .containsExactly(
                        new Failure(
                                Failure.Kind.SCHEDULER,
                                "vs=11.0.0.1:80/tcp",
                                AffectedServers.of(tcp("11.0.0.1:80")),
                                "ENOENT",
                                "scheduler mh is not in this kernel: wlc serves vs=11.0.0.1:80/tcp"
                                        + " instead; load module ip_vs_mh",
                                START,
                                0,
                                Optional.of(START.plus(SchedulerFallback.RETRY_AFTER))));
        assertThat(reconcile(hashed(), true).drift()).isEmpty();
    }

    @Test
    void aLoadedSchedulerReplacesItsFallbackInPlace() throws Exception {
        kernel.lack("mh");
        reconcile(hashed(), false);
        int before = kernel.executed().size();
        kernel.load("mh");
        now.set(START.plus(SchedulerFallback.RETRY_AFTER));

        Round round = reconcile(hashed(), true);

        assertThat(kernel.executed().subList(before, kernel.executed().size()))
                .containsExactly(
                        new UpdateVirtualServer(VirtualServer.of(tcp("11.0.0.1:80"), "mh")));
        assertThat(round.fallbacks()).isEmpty();
    }

    @Test
    void anImageFromBeforeARestartRemovesNothing() throws Exception {
        kernel.holding(ONE);
        Target old = new Target(OTHER, Map.of(), TransitionPolicy.IMMEDIATE, true);

        assertThat(reconciler.reconcileOnce(old, false).operations()).isZero();
        assertThat(reconciler.reconcileOnce(old, true).operations()).isZero();

        reconcile(OTHER, false);
        assertThat(kernel.state()).isEqualTo(OTHER);
    }

    @Test
    void aProposalListsOperationsWithReasonsAndChangesNothing() throws Exception {
        kernel.holding(
                KernelState.of(
                        new IpvsTable.Builder()
                                .put(
                                        VirtualServer.of(tcp("11.0.0.1:80"), "rr"),
                                        List.of(real("10.0.0.1:8080", 1)))
                                .put(wlc(tcp("11.0.0.9:80")), List.of())
                                .build(),
                        List.of(ip("11.0.0.9")),
                        LinkState.UP));
        kernel.connections(tcp("11.0.0.1:80"), tcp("10.0.0.1:8080"), 3, 1);
        KernelState before = kernel.state();

        Proposal proposal =
                reconciler.propose(
                        withPolicy(
                                OTHER, new TransitionPolicy(Duration.ofSeconds(60), Duration.ZERO)),
                        "a fake");

        assertThat(proposal.source()).isEqualTo("a fake");
        assertThat(proposal.changes())
                .extracting(
                        change -> change.stage() + ": " + change.operation() + ": " + change.why())
                .containsExactly(
                        "build: update virtual server: vs=11.0.0.1:80/tcp scheduler=wlc: scheduler"
                                + " is rr, not wlc",
                        "build: add real server: vs=11.0.0.1:80/tcp rs=10.0.0.2:8080/tcp weight=1:"
                                + " a backend of the VIP that the kernel lacks",
                        "admit: add route: route=11.0.0.1: a VIP has this address and the host does"
                                + " not take its packets yet",
                        "retire: update real server: vs=11.0.0.1:80/tcp rs=10.0.0.1:8080/tcp"
                                + " weight=0: not a backend any more; keeps its 3 active and 1"
                                + " inactive connections for at most 60 s",
                        "retire: remove route: route=11.0.0.9: no VIP has this address any more",
                        "remove: remove virtual server: vs=11.0.0.9:80/tcp: no VIP asks for it and"
                                + " none of its real servers is left");
        assertThat(kernel.state()).isEqualTo(before);
        assertThat(kernel.executed()).isEmpty();
    }

    @Test
    void aProposalNamesAddressesOfOtherPrograms() throws Exception {
        kernel.holding(
                KernelState.of(
                        serving("10.9.0.1:443", real("192.168.1.2:443", 1)).table(),
                        List.of(),
                        LinkState.UP));

        Proposal proposal =
                reconciler.propose(
                        Target.of(serving("10.9.0.1:80", real("10.0.0.1:8080", 1))), "a fake");

        assertThat(proposal.changes()).isEmpty();
        assertThat(proposal.held()).extracting(Proposal.Held::row).containsExactly("vip=10.9.0.1");
    }

    private static KernelState hashed() {
        return KernelState.of(
                new IpvsTable.Builder()
                        .put(
                                VirtualServer.of(tcp("11.0.0.1:80"), "mh"),
                                List.of(real("10.0.0.1:8080", 1)))
                        .build(),
                List.of(ip("11.0.0.1")),
                LinkState.UP);
    }

    private static Target withPolicy(KernelState state, TransitionPolicy pace) {
        return new Target(state, Map.of(), pace, false);
    }

    /** Reconciles without drains. */
    private Round reconcile(KernelState desired, boolean audit) throws IOException {
        return reconciler.reconcileOnce(Target.of(desired), audit);
    }
}
