package io.meridian.actors.ingest;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.actors.JournalledEntity;
import io.meridian.actors.JournalledEntity.NotJournalled;
import io.meridian.actors.RemoteMessage;
import io.meridian.actors.mesos.MesosClusterEntity;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.domain.service.ServiceId;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Sends one source's observations to the entities, and starts that source. A cluster singleton per
 * source. {@link IngestCore} decides what to do; this actor runs its effects. It stops when its
 * source stops.
 */
public final class Ingest extends AbstractBehavior<Ingest.Command> {
    private static final Duration ABSENCE_CHECK = Duration.ofSeconds(5);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final Ports ports;
    private final Duration askTimeout;
    private final InstantSource clock;
    private final IngestCore core;

    /** Null until the journal's services are known. */
    private @Nullable ActorRef<SourceCommand> source;

    /**
     * The actors and queries that the ingest uses.
     *
     * @param services entity of a service
     * @param pool the VIP pool
     * @param cluster the entity of the Mesos cluster; null if the source does not describe one
     * @param known reads all services in the journal; called again if that fails
     * @param source creates the source's behaviour, given the receiver of its signals
     */
    public record Ports(
            Function<ServiceId, RecipientRef<ServiceEntity.Command>> services,
            RecipientRef<VipPoolEntity.Command> pool,
            @Nullable RecipientRef<MesosClusterEntity.Command> cluster,
            Supplier<CompletionStage<Set<ServiceId>>> known,
            Function<ActorRef<SourceSignal>, Behavior<SourceCommand>> source) {}

    /** Commands to the ingest; others may send {@link GetStatus} only. */
    public sealed interface Command permits GetStatus, Input, ReadKnown, KnownUnread {}

    /** Asks for {@link IngestStatus}. */
    public record GetStatus(ActorRef<IngestStatus> replyTo) implements Command, RemoteMessage {}

    private enum ReadKnown implements Command {
        NOW
    }

    private record KnownUnread(Throwable cause) implements Command {}

    /** The ingest of a source. It fails if its source stops or fails. */
    public static Behavior<Command> create(
            IngestSettings settings, Ports ports, InstantSource clock) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers -> new Ingest(context, timers, settings, ports, clock)));
    }

    private Ingest(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            IngestSettings settings,
            Ports ports,
            InstantSource clock) {
        super(context);
        this.context = context;
        this.timers = timers;
        this.ports = ports;
        this.askTimeout = settings.askTimeout();
        this.clock = clock;
        this.core = new IngestCore(settings, ports.cluster() != null, clock.instant());
        timers.startTimerWithFixedDelay(Input.Timer.ABSENCE_CHECK, ABSENCE_CHECK);
        readKnown();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on).build();
    }

    private Behavior<Command> on(Command command) {
        switch (command) {
            case GetStatus get -> get.replyTo().tell(core.status(clock.instant()));
            case ReadKnown.NOW -> readKnown();
            case KnownUnread(Throwable cause) -> onKnownUnread(cause);
            case Input.KnownServices known -> {
                startSource();
                apply(known);
            }
            case Input input -> apply(input);
        }
        return this;
    }

    private void apply(Input input) {
        core.on(input, clock.instant()).forEach(this::run);
    }

    private void run(Effect effect) {
        switch (effect) {
            case Delivery delivery -> send(delivery);
            case StateQuery query -> send(query);
            case Effect.Reserve request -> send(request);
            case Effect.ObserveCluster observations -> send(observations);
            case Effect.ToSource(SourceCommand command) ->
                    Objects.requireNonNull(source).tell(command);
            case Effect.RetryLater _ -> {
                if (!timers.isTimerActive(Input.Timer.RETRY)) {
                    timers.startSingleTimer(Input.Timer.RETRY, IngestCore.RETRY);
                }
            }
            case Effect.Log log -> context.getLog().atLevel(log.level()).log(log.line());
        }
    }

    private void send(Delivery delivery) {
        context.ask(
                JournalledEntity.Reply.class,
                ports.services().apply(delivery.service()),
                askTimeout,
                replyTo -> new ServiceEntity.Observe(delivery.observation(), replyTo),
                (reply, failure) ->
                        switch (reply) {
                            case ServiceEntity.Observed(long sequenceNumber, var report) ->
                                    new Input.Acknowledged(delivery, sequenceNumber, report);
                            case NotJournalled(String cause, boolean permanent) when permanent ->
                                    new Input.Refused(delivery, cause);
                            case null, default ->
                                    new Input.NotAcknowledged(delivery, cause(reply, failure));
                        });
    }

    private void send(StateQuery query) {
        context.ask(
                ServiceEntity.Current.class,
                ports.services().apply(query.service()),
                askTimeout,
                ServiceEntity.Get::new,
                (reply, failure) ->
                        reply == null
                                ? new Input.StateUnread(query, failure.toString())
                                : new Input.StateRead(query, reply.service()));
    }

    private void send(Effect.Reserve request) {
        context.ask(
                JournalledEntity.Reply.class,
                ports.pool(),
                askTimeout,
                replyTo -> new VipPoolEntity.Reserve(request.names(), request.literals(), replyTo),
                (reply, failure) ->
                        reply instanceof VipPoolEntity.Reserved(long sequenceNumber, var refusals)
                                ? new Input.Reserved(request, refusals, sequenceNumber)
                                : new Input.NotReserved(cause(reply, failure)));
    }

    private void send(Effect.ObserveCluster message) {
        context.ask(
                JournalledEntity.Reply.class,
                Objects.requireNonNull(ports.cluster()),
                askTimeout,
                replyTo -> new MesosClusterEntity.Observe(message.observations(), replyTo),
                (reply, failure) ->
                        reply instanceof MesosClusterEntity.Observed(long sequenceNumber)
                                ? new Input.ClusterAcknowledged(sequenceNumber)
                                : new Input.ClusterNotAcknowledged(cause(reply, failure)));
    }

    private static String cause(
            JournalledEntity.@Nullable Reply reply, @Nullable Throwable failure) {
        return reply instanceof NotJournalled(String cause, boolean _)
                ? cause
                : Objects.toString(failure, "unexpected reply");
    }

    private void readKnown() {
        context.pipeToSelf(
                ports.known().get(),
                (services, failure) ->
                        services == null
                                ? new KnownUnread(failure)
                                : new Input.KnownServices(services));
    }

    private void onKnownUnread(Throwable cause) {
        context.getLog()
                .warn(
                        "cannot read the journal's services: {}; tries again in {} s",
                        cause.toString(),
                        IngestCore.RETRY.toSeconds());
        timers.startSingleTimer(ReadKnown.NOW, IngestCore.RETRY);
    }

    /**
     * Starts the source only when the journal's services are known: a listing must be able to lack
     * one of them. The death of the watched source ends this actor.
     */
    private void startSource() {
        ActorRef<SourceSignal> signals =
                context.messageAdapter(SourceSignal.class, Input.Signalled::new);
        source = context.spawn(ports.source().apply(signals), "source");
        context.watch(source);
    }
}
