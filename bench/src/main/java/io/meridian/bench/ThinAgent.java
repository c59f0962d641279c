package io.meridian.bench;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.feed.Table;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.NodeRegistry;
import io.meridian.feed.wire.FeedReply;
import io.meridian.feed.wire.NodeStatus;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Long-polls both tables as a node does, with one request open for each, and reports once a second.
 * Reads only the revision of a frame.
 */
final class ThinAgent extends AbstractBehavior<ThinAgent.Message> {
    private static final int TO = 14; // offset of the revision that a frame leads to
    private static final int KIND = 3;
    private static final int SNAPSHOT = 1;

    // Defaults of meridian.feed.client.
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final long BACKOFF_MIN = 100;
    private static final long BACKOFF_MAX = 5000;

    sealed interface Message {}

    record Masters(Set<ActorRef<FeedServer.Command>> all) implements Message {}

    record Registries(Set<ActorRef<NodeRegistry.Command>> all) implements Message {}

    private record Answered(Table table, FeedReply reply) implements Message {}

    private record Late(Table table, long poll) implements Message {}

    private record AskDue(Table table) implements Message {}

    private enum Tick implements Message {
        REPORT
    }

    private static final class Line {
        private final Table table;
        private final ActorRef<FeedReply> replyTo;
        private long poll;
        private long after = -1;
        private byte[] head = {};
        private Optional<ActorRef<FeedServer.Command>> chosen = Optional.empty();
        private Optional<ActorRef<FeedServer.Command>> avoided = Optional.empty();
        private int failures;
        private boolean moved;

        private Line(Table table, ActorRef<FeedReply> replyTo) {
            this.table = table;
            this.replyTo = replyTo;
        }
    }

    private final TimerScheduler<Message> timers;
    private final String id;
    private final Latencies latencies;
    private final Line zone;
    private final Line vip;
    private List<ActorRef<FeedServer.Command>> masters = List.of();
    private Set<ActorRef<NodeRegistry.Command>> registries = Set.of();
    private boolean begun;

    static Behavior<Message> create(String id, Latencies latencies) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers -> new ThinAgent(context, timers, id, latencies)));
    }

    private ThinAgent(
            ActorContext<Message> context,
            TimerScheduler<Message> timers,
            String id,
            Latencies latencies) {
        super(context);
        this.timers = timers;
        this.id = id;
        this.latencies = latencies;
        this.zone = line(context, Table.ZONE);
        this.vip = line(context, Table.VIP);
        timers.startTimerWithFixedDelay(Tick.REPORT, Duration.ofSeconds(1));
    }

    private static Line line(ActorContext<Message> context, Table table) {
        return new Line(
                table,
                context.spawnAnonymous(
                        Behaviors.<FeedReply>receiveMessage(
                                reply -> {
                                    context.getSelf().tell(new Answered(table, reply));
                                    return Behaviors.same();
                                })));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder().onMessage(Message.class, this::onMessage).build();
    }

    private Behavior<Message> onMessage(Message message) {
        switch (message) {
            case Masters found -> {
                masters = List.copyOf(found.all());
                begun |= masters.size() == 3;
                if (begun) {
                    listed(zone);
                    listed(vip);
                }
            }
            case Registries found -> registries = found.all();
            case Answered answered -> onAnswer(line(answered.table()), answered.reply());
            case Late late -> {
                if (line(late.table()).poll == late.poll()) {
                    latencies.late();
                    tryAnother(line(late.table()));
                }
            }
            case AskDue due -> ask(line(due.table()));
            case Tick _ -> report();
        }
        return this;
    }

    private Line line(Table table) {
        return table == Table.ZONE ? zone : vip;
    }

    /**
     * Sends a request if the line has no reachable master: at the start, or after its master was
     * lost.
     */
    private void listed(Line line) {
        if (line.chosen.filter(masters::contains).isEmpty()) {
            line.moved = line.after >= 0;
            line.chosen = Optional.empty();
            ask(line);
        }
    }

    private void tryAnother(Line line) {
        line.poll++;
        line.failures++;
        line.moved = line.after >= 0;
        line.avoided = line.chosen;
        line.chosen = Optional.empty();
        long full = Math.min(BACKOFF_MAX, BACKOFF_MIN << Math.min(line.failures - 1, 10));
        timers.startSingleTimer(
                line.table,
                new AskDue(line.table),
                Duration.ofMillis(full - ThreadLocalRandom.current().nextLong(full / 2)));
    }

    private void choose(Line line) {
        List<ActorRef<FeedServer.Command>> others =
                masters.stream()
                        .filter(
                                one ->
                                        masters.size() == 1
                                                || !line.avoided.equals(Optional.of(one)))
                        .toList();
        if (!others.isEmpty()) {
            line.chosen =
                    Optional.of(others.get(ThreadLocalRandom.current().nextInt(others.size())));
        }
    }

    private void ask(Line line) {
        if (line.chosen.isEmpty()) {
            choose(line);
        }
        line.poll++;
        line.chosen.ifPresent(
                master ->
                        master.tell(
                                new FeedServer.Poll(
                                        line.table,
                                        line.poll,
                                        id,
                                        line.after,
                                        false,
                                        line.replyTo)));
        wait(line);
    }

    private void wait(Line line) {
        timers.startSingleTimer(line.table, new Late(line.table, line.poll), PATIENCE);
    }

    private void onAnswer(Line line, FeedReply reply) {
        if (reply.poll() != line.poll) {
            return;
        }
        switch (reply) {
            case FeedReply.Whole whole -> arrived(line, whole.bytes(), whole.bytes().length);
            case FeedReply.Part part -> {
                if (part.index() == 0) {
                    line.head = part.bytes();
                }
                if (part.index() + 1 == part.count()) {
                    arrived(line, line.head, part.length());
                } else {
                    line.poll++;
                    line.chosen.ifPresent(
                            master ->
                                    master.tell(
                                            new FeedServer.Pull(
                                                    line.table,
                                                    line.poll,
                                                    id,
                                                    line.after,
                                                    part.checksum(),
                                                    part.index() + 1,
                                                    line.replyTo)));
                    wait(line);
                }
            }
            case FeedReply.NotReady _ -> tryAnother(line);
            case FeedReply.Here<?, ?> here -> throw new IllegalStateException("not asked: " + here);
        }
    }

    private void arrived(Line line, byte[] head, int length) {
        long to = ByteBuffer.wrap(head).getLong(TO);
        line.failures = 0;
        if (line.table == Table.ZONE) {
            latencies.arrived(line.after, to, length, head[KIND] == SNAPSHOT, line.moved);
        }
        line.moved = false;
        line.after = Math.max(line.after, to);
        ask(line);
    }

    private void report() {
        NodeStatus status =
                new NodeStatus(
                        id,
                        "bench",
                        "127.0.0.1",
                        List.of("agent"),
                        zone.after,
                        vip.after,
                        0,
                        NodeStatus.Dataplane.NONE);
        NodeRegistry.Report report =
                new NodeRegistry.Report(status, getContext().getSystem().ignoreRef());
        registries.forEach(registry -> registry.tell(report));
    }
}
