package io.meridian.actors.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.testkit.PersistenceTestKitPlugin;
import akka.persistence.testkit.PersistenceTestKitSnapshotPlugin;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.actors.Entities;
import io.meridian.actors.mesos.MesosClusterEntity;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * An ingest with real entities behind gates that the test shuts, a source that the test plays, and
 * a clock that the test moves.
 */
final class IngestFixture implements AutoCloseable {
    static final Duration AFTER_GAP = Duration.ofSeconds(15);
    static final Duration WHILE_ATTACHED = Duration.ofMinutes(5);
    static final AbsenceRules RULES =
            new AbsenceRules(AFTER_GAP, WHILE_ATTACHED, Duration.ofMinutes(10), 0.5);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Config CONFIG =
            ConfigFactory.parseString(
                            "akka.actor.allow-java-serialization = off\n"
                                    + "akka.actor.serialize-messages = off")
                    .withFallback(PersistenceTestKitPlugin.config())
                    .withFallback(PersistenceTestKitSnapshotPlugin.config())
                    .withFallback(Entities.akka())
                    .withFallback(ConfigFactory.load())
                    .resolve();

    final ActorTestKit kit = ActorTestKit.create(CONFIG);
    final TestProbe<SourceCommand> asked = kit.createTestProbe();
    final BlockingQueue<ActorRef<SourceSignal>> starts = new LinkedBlockingQueue<>();
    final List<ServiceEntity.Command> sent = new CopyOnWriteArrayList<>();
    final List<VipPoolEntity.Reserve> reserved = new CopyOnWriteArrayList<>();
    final Set<ServiceId> shut = ConcurrentHashMap.newKeySet();
    volatile boolean poolShut;
    volatile boolean clusterShut;
    Predicate<ServiceId> owned = _ -> true;
    @Nullable RecipientRef<MesosClusterEntity.Command> cluster;
    volatile Set<ServiceId> known = Set.of();
    final AtomicInteger failuresToReadKnown = new AtomicInteger();

    private final Map<ServiceId, ActorRef<ServiceEntity.Command>> gates = new ConcurrentHashMap<>();
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final ActorRef<VipPoolEntity.Command> pool;
    private ActorRef<SourceSignal> signals = kit.<SourceSignal>createTestProbe().getRef();
    private ActorRef<Ingest.Command> ingest = kit.<Ingest.Command>createTestProbe().getRef();

    IngestFixture(String range4) {
        ActorRef<VipPoolEntity.Command> entity =
                kit.spawn(
                        VipPoolEntity.create(
                                AddressRange.parse(range4).orElseThrow(),
                                AddressRange.parse("fd01:c::-fd01:c::ffff").orElseThrow(),
                                Duration.ofHours(1),
                                InstantSource.system()));
        pool =
                kit.spawn(
                        Behaviors.receiveMessage(
                                command -> {
                                    if (command instanceof VipPoolEntity.Reserve reserve) {
                                        reserved.add(reserve);
                                    }
                                    if (!poolShut) {
                                        entity.tell(command);
                                    }
                                    return Behaviors.same();
                                }));
    }

    IngestFixture() {
        this("11.0.0.0-11.255.255.255");
    }

    /** Starts the ingest as in production, and waits for its source. */
    IngestFixture start(int maxInFlight, Duration askTimeout) {
        IngestSettings settings =
                new IngestSettings("marathon", owned, maxInFlight, askTimeout, RULES);
        Ingest.Ports ports =
                new Ingest.Ports(
                        this::entity,
                        pool,
                        cluster,
                        () ->
                                failuresToReadKnown.getAndDecrement() > 0
                                        ? CompletableFuture.failedFuture(
                                                new IllegalStateException("no database"))
                                        : CompletableFuture.completedFuture(known),
                        this::source);
        ingest = kit.spawn(Entities.supervised(Ingest.create(settings, ports, now::get)));
        awaitSource();
        return this;
    }

    IngestFixture start() {
        return start(128, Duration.ofSeconds(5));
    }

    /** An ingest of a source that also describes the Mesos cluster. */
    ActorRef<MesosClusterEntity.Command> withCluster() {
        ActorRef<MesosClusterEntity.Command> entity = kit.spawn(MesosClusterEntity.create());
        cluster =
                kit.<MesosClusterEntity.Command>spawn(
                        Behaviors.receiveMessage(
                                command -> {
                                    if (!clusterShut) {
                                        entity.tell(command);
                                    }
                                    return Behaviors.same();
                                }));
        return entity;
    }

    void awaitSource() {
        try {
            signals =
                    Objects.requireNonNull(
                            starts.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "no source");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Behavior<SourceCommand> source(ActorRef<SourceSignal> to) {
        return Behaviors.setup(
                _ -> {
                    starts.add(to);
                    return Behaviors.receiveMessage(
                            command -> {
                                asked.getRef().tell(command);
                                return command instanceof SourceCommand.Reread reread
                                                && reread.service().path().equals("/stop")
                                        ? Behaviors.stopped()
                                        : Behaviors.same();
                            });
                });
    }

    ActorRef<ServiceEntity.Command> entity(ServiceId id) {
        return Objects.requireNonNull(
                gates.computeIfAbsent(
                        id,
                        _ -> {
                            ActorRef<ServiceEntity.Command> entity =
                                    kit.spawn(ServiceEntity.create(id));
                            return kit.spawn(
                                    Behaviors.receiveMessage(
                                            command -> {
                                                sent.add(command);
                                                if (!shut.contains(id)) {
                                                    entity.tell(command);
                                                }
                                                return Behaviors.same();
                                            }));
                        }));
    }

    void signal(SourceSignal signal) {
        signals.tell(signal);
    }

    void attach() {
        signal(new SourceSignal.Attached("leader:8080"));
    }

    void detach() {
        signal(new SourceSignal.Detached("gone", 1));
    }

    void observe(Observation observation) {
        signal(new SourceSignal.Observed(observation));
    }

    void listAll(Observation.Listing... services) {
        signal(new SourceSignal.ListedAll(List.of(services), Objects.requireNonNull(now.get())));
    }

    Instant now() {
        return Objects.requireNonNull(now.get());
    }

    void pass(Duration time) {
        now.updateAndGet(at -> at.plus(time));
    }

    IngestStatus status() {
        TestProbe<IngestStatus> probe = kit.createTestProbe();
        ingest.tell(new Ingest.GetStatus(probe.getRef()));
        IngestStatus status = probe.receiveMessage(PATIENCE);
        probe.stop();
        return status;
    }

    IngestStatus await(Predicate<IngestStatus> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        IngestStatus status = status();
        while (!condition.test(status)) {
            assertThat(System.nanoTime()).as("still %s", status).isLessThan(deadline);
            status = status();
        }
        return status;
    }

    /** Waits until entities have acknowledged all observations. */
    IngestStatus settle() {
        return await(status -> status.queued() == 0 && status.inFlight() == 0);
    }

    Service state(ServiceId id) {
        TestProbe<ServiceEntity.Current> probe = kit.createTestProbe();
        entity(id).tell(new ServiceEntity.Get(probe.getRef()));
        Service state = probe.receiveMessage(PATIENCE).service();
        probe.stop();
        return state;
    }

    List<String> live(ServiceId id) {
        return state(id).live().keySet().stream().map(Object::toString).toList();
    }

    /** Observations sent to a service's entity, in order. */
    List<Observation> claims(ServiceId id) {
        return sent.stream()
                .filter(ServiceEntity.Observe.class::isInstance)
                .map(command -> ((ServiceEntity.Observe) command).observation())
                .filter(claim -> claim.service().equals(id))
                .toList();
    }

    <T extends SourceCommand> T awaitAsked(T command) {
        return awaitAsked(command, PATIENCE);
    }

    private <T extends SourceCommand> T awaitAsked(T command, Duration patience) {
        asked.fishForMessage(
                patience,
                one ->
                        one.equals(command)
                                ? akka.actor.testkit.typed.javadsl.FishingOutcomes.complete()
                                : akka.actor.testkit.typed.javadsl.FishingOutcomes
                                        .continueAndIgnore());
        return command;
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }
}
