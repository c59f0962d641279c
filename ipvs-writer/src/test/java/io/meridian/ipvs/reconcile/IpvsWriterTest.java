package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.address;
import static io.meridian.ipvs.Samples.asking;
import static io.meridian.ipvs.Samples.backend;
import static io.meridian.ipvs.Samples.image;
import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;
import static io.meridian.ipvs.Samples.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import akka.actor.testkit.typed.FishingOutcome;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.node.Publisher;
import io.meridian.ipvs.AffectedServers;
import io.meridian.ipvs.GracefulTransition;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateRealServer;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.host.HostPrerequisites;
import io.meridian.ipvs.host.Problem;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

class IpvsWriterTest {
    private static final VipImage WEB =
            image(
                    address("web.marathon", "11.0.0.1"),
                    backend("web.marathon", 80, "10.0.0.1:8080", "a"));
    private static final KernelState WEB_STATE = serving("11.0.0.1:80", real("10.0.0.1:8080", 1));
    private static final IpvsSettings QUICK =
            IpvsSettings.from(
                    ConfigFactory.parseString(
                                    """
                                    meridian.dataplane { audit-interval = 1 s, retry { min-backoff = 100 ms, max-backoff = 200 ms } }
                                    """)
                            .withFallback(ConfigFactory.load()));
    private static final IpvsSettings WITHOUT_AUDIT =
            IpvsSettings.from(
                    ConfigFactory.parseString(
                                    "meridian.dataplane { audit-interval = 1 h, drain = 0 s }")
                            .withFallback(ConfigFactory.load()));
    private static final NodeView NODE = NodeView.at(ip("10.0.0.99"));

    private final ActorTestKit kit = ActorTestKit.create();
    private final FakeKernel kernel = new FakeKernel();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void anImageIsProgrammedAndItsRevisionReported() {
        ActorRef<IpvsWriter.Command> writer = writer(WITHOUT_AUDIT);

        DataPlaneUpdate.publisher("ipvs", writer)
                .onUpdate(List.of(), WEB, new Provenance(7, Provenance.Origin.SNAPSHOT));

        IpvsStatus status = awaitStatus(writer, now -> now.appliedRevision() == 7);
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
        assertThat(status.kind()).isEqualTo("dry-run");
        assertThat(status.table().virtualServers()).isEqualTo(1);
        assertThat(status.table().realServers()).isEqualTo(1);
        assertThat(status.totals().operations()).isEqualTo(4);
        assertThat(status.failures()).isEmpty();
        assertThat(status.unavailable()).isEmpty();
        assertThat(status.lastRound().fault()).isEmpty();
    }

    @Test
    void aSubscriberGetsTheStatusAtOnceAndAfterEachRound() {
        ActorRef<IpvsWriter.Command> writer = writer(WITHOUT_AUDIT);
        awaitStatus(writer, _ -> true);
        TestProbe<IpvsWriter.StatusUpdate> early =
                kit.createTestProbe(IpvsWriter.StatusUpdate.class);
        writer.tell(new IpvsWriter.Subscribe(early.ref()));
        assertThat(early.receiveMessage().status().appliedRevision()).isZero();

        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 7));
        awaitStatus(writer, now -> now.appliedRevision() == 7);
        TestProbe<IpvsWriter.StatusUpdate> late =
                kit.createTestProbe(IpvsWriter.StatusUpdate.class);
        writer.tell(new IpvsWriter.Subscribe(late.ref()));
        assertThat(late.receiveMessage().status().appliedRevision()).isEqualTo(7);

        writer.tell(new DataPlaneUpdate.ApplyImage(VipImage.EMPTY, 8));
        awaitStatus(writer, now -> now.appliedRevision() == 8);
        assertThat(late.receiveMessage().status().appliedRevision()).isEqualTo(8);
        assertThat(early.fishForMessage(Duration.ofSeconds(3), revision(8)))
                .extracting(statusUpdate -> statusUpdate.status().appliedRevision())
                .endsWith(7L, 8L);
    }

    private static Function<IpvsWriter.StatusUpdate, FishingOutcome> revision(long awaited) {
        return statusUpdate ->
                statusUpdate.status().appliedRevision() == awaited
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndCollect();
    }

    @Test
    void withoutAnImageTheKernelIsNeitherReadNorChanged() throws Exception {
        kernel.holding(WEB_STATE);
        ActorRef<IpvsWriter.Command> writer = writer(QUICK);

        Thread.sleep(
                1500); // longer than an audit interval; no condition to await, because nothing may
        // happen

        assertThat(awaitStatus(writer, _ -> true).appliedRevision()).isZero();
        assertThat(kernel.observations()).isZero();
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
    }

    @Test
    void onlyTheNewestOfManyImagesIsProgrammed() {
        ActorRef<IpvsWriter.Command> writer = writer(WITHOUT_AUDIT);
        for (int revision = 1; revision <= 500; revision++) {
            writer.tell(
                    new DataPlaneUpdate.ApplyImage(
                            image(
                                    address("web.marathon", "11.0.0.1"),
                                    backend(
                                            "web.marathon",
                                            80,
                                            "10.0.0." + (1 + revision % 7) + ":8080",
                                            "a")),
                            revision));
        }
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 501));

        awaitStatus(writer, now -> now.appliedRevision() == 501);
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
    }

    @Test
    void aLostAgentsBackendLeavesAndReturnsWithoutAnAudit() {
        ActorRef<IpvsWriter.Command> writer = writer(WITHOUT_AUDIT);
        VipImage two =
                image(
                        address("web.marathon", "11.0.0.1"),
                        backend("web.marathon", 80, "10.0.0.1:8080", "a"),
                        backend("web.marathon", 80, "10.0.0.2:8080", "b"));
        writer.tell(new DataPlaneUpdate.ApplyImage(two, 1));
        awaitStatus(writer, now -> now.appliedRevision() == 1);
        KernelState both =
                serving("11.0.0.1:80", real("10.0.0.1:8080", 1), real("10.0.0.2:8080", 1));

        writer.tell(
                new DataPlaneUpdate.UpdateReachability(
                        new Reachability(new TreeSet<>(List.of(ip("10.0.0.2"))))));
        awaitStatus(writer, _ -> !kernel.state().equals(both));
        assertThat(kernel.state())
                .isEqualTo(
                        serving("11.0.0.1:80", real("10.0.0.1:8080", 1), real("10.0.0.2:8080", 0)));

        writer.tell(new DataPlaneUpdate.UpdateReachability(Reachability.ALL));
        awaitStatus(writer, _ -> kernel.state().equals(both));
    }

    @Test
    void driftIsRepairedByTheAuditAndCounted() {
        ActorRef<IpvsWriter.Command> writer = writer(QUICK);
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));
        awaitStatus(writer, now -> now.appliedRevision() == 1);

        kernel.edit(new RemoveVirtualServer(tcp("11.0.0.1:80")));

        IpvsStatus status = awaitStatus(writer, now -> now.totals().driftRepaired() > 0);
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
        assertThat(status.totals().driftRepaired()).isEqualTo(2);
    }

    @Test
    void aRefusedRowIsRetriedUntilTheKernelTakesIt() {
        kernel.refuse(AddRealServer.class::isInstance);
        ActorRef<IpvsWriter.Command> writer = writer(QUICK);
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));
        IpvsStatus failing = awaitStatus(writer, now -> !now.failures().isEmpty());
        assertThat(failing.failures()).extracting(Failure::errno).containsExactly("ENOMEM");
        assertThat(failing.lastRound().nextTry())
                .hasValueSatisfying(at -> assertThat(at).isAfter(failing.lastRound().at()));
        IpvsStatus later = awaitStatus(writer, now -> now.failures().getFirst().tries() > 2);
        assertThat(later.failures().getFirst().since())
                .isEqualTo(failing.failures().getFirst().since());

        kernel.refuse(_ -> false);

        IpvsStatus well =
                awaitStatus(writer, now -> now.failures().isEmpty() && now.appliedRevision() == 1);
        assertThat(well.lastRound().nextTry()).isEmpty();
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
    }

    @Test
    void aKernelThatCannotBeReachedIsReportedAndRetried() {
        kernel.reachable(false);
        ActorRef<IpvsWriter.Command> writer = writer(QUICK);
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));
        assertThat(
                        awaitStatus(writer, now -> !now.lastRound().fault().isEmpty())
                                .lastRound()
                                .fault())
                .contains("ENOBUFS (105)");

        kernel.reachable(true);

        awaitStatus(writer, now -> now.lastRound().fault().isEmpty() && now.appliedRevision() == 1);
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
    }

    @Test
    void anUnavailableKernelIsAStatusNotAFailure() {
        ActorRef<IpvsWriter.Command> writer =
                kit.spawn(
                        IpvsWriter.create(
                                WITHOUT_AUDIT,
                                access(() -> new UnavailableKernel("IPVS is not available: test")),
                                NODE,
                                InstantSource.system()));
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));

        IpvsStatus status = awaitStatus(writer, now -> !now.unavailable().isEmpty());
        assertThat(status.unavailable()).isEqualTo("IPVS is not available: test");
        assertThat(status.appliedRevision()).isZero();
        assertThat(status.lastRound().fault()).isEmpty();
    }

    @Test
    void aKernelThatBecomesAvailableIsUsedWithoutARestart() {
        AtomicBoolean loaded = new AtomicBoolean();
        ActorRef<IpvsWriter.Command> writer =
                kit.spawn(
                        IpvsWriter.create(
                                QUICK,
                                access(
                                        () ->
                                                loaded.get()
                                                        ? kernel
                                                        : new UnavailableKernel("no ip_vs yet")),
                                NODE,
                                InstantSource.system()));
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));
        awaitStatus(writer, now -> now.unavailable().equals("no ip_vs yet"));

        loaded.set(true);

        awaitStatus(writer, now -> now.unavailable().isEmpty() && now.appliedRevision() == 1);
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
    }

    @Test
    void aDrainEndsByItself() {
        ActorRef<IpvsWriter.Command> writer =
                writer(
                        IpvsSettings.from(
                                ConfigFactory.parseString(
                                                "meridian.dataplane { audit-interval = 1 h, drain ="
                                                        + " 500 ms }")
                                        .withFallback(ConfigFactory.load())));
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));
        awaitStatus(writer, now -> now.appliedRevision() == 1);
        kernel.connections(tcp("11.0.0.1:80"), tcp("10.0.0.1:8080"), 1, 0);

        writer.tell(new DataPlaneUpdate.ApplyImage(VipImage.EMPTY, 2));

        IpvsStatus drains = awaitStatus(writer, now -> now.appliedRevision() == 2);
        assertThat(drains.table().draining())
                .hasEntrySatisfying(
                        new GracefulTransition.RealServerKey(
                                tcp("11.0.0.1:80"), tcp("10.0.0.1:8080")),
                        drain ->
                                assertThat(drain.deadline())
                                        .isEqualTo(drain.since().plusMillis(500)));
        awaitStatus(writer, now -> now.table().draining().size() == 0);
        assertThat(kernel.executed())
                .contains(new UpdateRealServer(tcp("11.0.0.1:80"), real("10.0.0.1:8080", 0)));
        assertThat(kernel.state().table().size()).isZero();
    }

    @Test
    void anImageFromTheDiskRemovesNothingUntilAMasterConfirmsIt() {
        kernel.holding(serving("11.0.0.1:80", real("10.0.0.9:8080", 1)));
        ActorRef<IpvsWriter.Command> writer = writer(WITHOUT_AUDIT);
        Publisher<VipRow, VipImage> publisher = DataPlaneUpdate.publisher("ipvs", writer);

        publisher.onUpdate(List.of(), WEB, new Provenance(7, Provenance.Origin.DISK));
        awaitStatus(writer, now -> now.appliedRevision() == 7);
        assertThat(kernel.executed()).isEmpty();

        publisher.onUpdate(List.of(), WEB, new Provenance(7, Provenance.Origin.CHANGES));
        awaitStatus(writer, now -> now.totals().rounds() == 2);
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
    }

    @Test
    void aPlanIsAvailableAtAnyTime() {
        TestProbe<Proposal> plans = kit.createTestProbe(Proposal.class);
        ActorRef<IpvsWriter.Command> writer = writer(WITHOUT_AUDIT);
        awaitStatus(writer, _ -> true);
        writer.tell(new IpvsWriter.GetPlan(plans.ref()));
        assertThat(plans.receiveMessage().changes()).isEmpty();

        kernel.reachable(false);
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));
        awaitStatus(writer, now -> !now.lastRound().fault().isEmpty());
        writer.tell(new IpvsWriter.GetPlan(plans.ref()));
        assertThat(plans.receiveMessage().source()).contains("ENOBUFS (105)");
    }

    @Test
    void aDryRunsPlanIsComparedWithTheRealKernelIfReadable() {
        FakeKernel real = new FakeKernel();
        ActorRef<IpvsWriter.Command> writer =
                kit.spawn(
                        IpvsWriter.create(
                                WITHOUT_AUDIT,
                                new KernelProvider(
                                        () -> kernel, () -> real, HostPrerequisites.NONE),
                                NODE,
                                InstantSource.system()));
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));
        awaitStatus(writer, now -> now.appliedRevision() == 1);
        TestProbe<Proposal> plans = kit.createTestProbe(Proposal.class);

        writer.tell(new IpvsWriter.GetPlan(plans.ref()));

        Proposal plan = plans.receiveMessage();
        assertThat(plan.source()).startsWith("this node's kernel");
        assertThat(plan.changes()).hasSize(4);
        assertThat(real.executed()).isEmpty();
        assertThat(real.closed()).isTrue();
    }

    @Test
    void stoppingClosesTheKernelAndLeavesItAsItIs() throws Exception {
        ActorRef<IpvsWriter.Command> writer = writer(WITHOUT_AUDIT);
        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));
        awaitStatus(writer, now -> now.appliedRevision() == 1);

        kit.stop(writer);

        for (int i = 0; i < 1000 && !kernel.closed(); i++) {
            Thread.sleep(10);
        }
        assertThat(kernel.closed()).isTrue();
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
    }

    @Test
    void surroundingsArePreparedBeforeTheKernelChangesAndSettledAfterwards() {
        List<String> calls = new CopyOnWriteArrayList<>();
        ActorRef<IpvsWriter.Command> writer =
                writer(
                        new HostPrerequisites() {
                            @Override
                            public List<Problem> preserveClientAddresses(
                                    Collection<Endpoint> servers, boolean audit) {
                                return List.of();
                            }

                            @Override
                            public List<Problem> beforeRound(Collection<Endpoint> servers) {
                                calls.add("prepare " + servers + " " + kernel.state().routes());
                                return List.of();
                            }

                            @Override
                            public List<Problem> afterRound(
                                    Collection<Endpoint> servers, boolean audit) {
                                calls.add("settle " + servers + " " + kernel.state().routes());
                                return List.of();
                            }
                        });

        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));

        awaitStatus(writer, now -> now.appliedRevision() == 1);
        assertThat(calls)
                .containsExactly(
                        "prepare [11.0.0.1:80/tcp] []", "settle [11.0.0.1:80/tcp] [11.0.0.1]");
    }

    @Test
    void aFailureToKeepClientAddressesAffectsTheVipsThatRequestIt() {
        ActorRef<IpvsWriter.Command> writer =
                writer(
                        new HostPrerequisites() {
                            @Override
                            public List<Problem> preserveClientAddresses(
                                    Collection<Endpoint> servers, boolean audit) {
                                return List.of(new Problem("set=keep", "no ipset"));
                            }

                            @Override
                            public List<Problem> beforeRound(Collection<Endpoint> servers) {
                                return List.of(new Problem("set=dcos-l4lb", "no ipset"));
                            }

                            @Override
                            public List<Problem> afterRound(
                                    Collection<Endpoint> servers, boolean audit) {
                                return List.of();
                            }
                        });

        writer.tell(
                new DataPlaneUpdate.ApplyImage(
                        image(
                                address("web.marathon", "11.0.0.1"),
                                address("db.marathon", "11.0.0.2"),
                                backend("db.marathon", 90, "10.0.0.1:8080", "b"),
                                asking(
                                        backend("web.marathon", 80, "10.0.0.1:8080", "a"),
                                        VipOptions.NONE.withClientAddressKept(true))),
                        1));

        IpvsStatus status = awaitStatus(writer, now -> !now.failures().isEmpty());
        assertThat(status.failures())
                .extracting(Failure::row, Failure::affected)
                .containsExactly(
                        tuple("set=dcos-l4lb", AffectedServers.ALL),
                        tuple("set=keep", AffectedServers.of(tcp("11.0.0.1:80"))));
    }

    @Test
    void aProblemOfTheSurroundingsIsRetriedAndBlocksNoOperation() {
        AtomicInteger calls = new AtomicInteger();
        ActorRef<IpvsWriter.Command> writer =
                writer(
                        new HostPrerequisites() {
                            @Override
                            public List<Problem> preserveClientAddresses(
                                    Collection<Endpoint> servers, boolean audit) {
                                return List.of();
                            }

                            @Override
                            public List<Problem> beforeRound(Collection<Endpoint> servers) {
                                return calls.incrementAndGet() < 3
                                        ? List.of(new Problem("set=dcos-l4lb", "no ipset"))
                                        : List.of();
                            }

                            @Override
                            public List<Problem> afterRound(
                                    Collection<Endpoint> servers, boolean audit) {
                                return List.of();
                            }
                        });

        writer.tell(new DataPlaneUpdate.ApplyImage(WEB, 1));

        IpvsStatus status = awaitStatus(writer, now -> !now.failures().isEmpty());
        assertThat(status.failures())
                .singleElement()
                .satisfies(
                        failure -> {
                            assertThat(failure.row()).isEqualTo("set=dcos-l4lb");
                            assertThat(failure.message()).isEqualTo("no ipset");
                        });
        assertThat(kernel.state()).isEqualTo(WEB_STATE);
        awaitStatus(writer, now -> now.failures().isEmpty() && calls.get() >= 3);
    }

    private ActorRef<IpvsWriter.Command> writer(HostPrerequisites prerequisites) {
        return kit.spawn(
                IpvsWriter.create(
                        QUICK,
                        new KernelProvider(() -> kernel, () -> kernel, prerequisites),
                        NodeView.at(ip("10.0.0.99")),
                        InstantSource.system()));
    }

    private static KernelProvider access(Supplier<Kernel> open) {
        return new KernelProvider(
                open, () -> new UnavailableKernel("no IPVS in a test"), HostPrerequisites.NONE);
    }

    private ActorRef<IpvsWriter.Command> writer(IpvsSettings settings) {
        return kit.spawn(
                IpvsWriter.create(settings, access(() -> kernel), NODE, InstantSource.system()));
    }

    private IpvsStatus awaitStatus(
            ActorRef<IpvsWriter.Command> writer, Predicate<IpvsStatus> expected) {
        return StatusSubscriber.await(kit, writer, expected);
    }
}
