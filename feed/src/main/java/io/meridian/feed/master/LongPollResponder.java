package io.meridian.feed.master;

import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.FeedSettings;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;
import io.meridian.feed.wire.FeedCodec;
import io.meridian.feed.wire.FeedReply;
import io.meridian.feed.wire.PackedFrame;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Answers the nodes' polls of one table: holds polls, encodes frames and sends them. {@link
 * PollRules} decides. Part of {@link TableFeed}: only its thread.
 *
 * <p>Memory is bounded whatever nodes do: one poll per client, encoded changes for the current
 * revision only, and two encoded snapshots. A snapshot of an older revision is sent as long as the
 * recent steps lead on from it, so a busy table is not encoded again for each node.
 */
final class LongPollResponder<R extends Row, I extends Image<R, I>> {
    /**
     * A poll as it arrived.
     *
     * @param local the node is in this process and takes the image itself
     * @param waitsForImage the node has no other master to poll
     */
    record PendingPoll(FeedServer.Poll poll, boolean local, boolean waitsForImage) {}

    /**
     * A snapshot that was encoded in the background.
     *
     * @param history the responder's history number when encoding began
     */
    record PackedSnapshot(int history, PackedFrame frame) {}

    private record Held(PendingPoll pending, Instant until) {
        FeedServer.Poll poll() {
            return pending.poll();
        }
    }

    private final TableType<R, I> type;
    private final MasterTable<R, I> served;
    private final FeedSettings.Server settings;
    private final FeedCodec<R> codec;
    private final Table table;
    private final Clock clock;
    private final ActorContext<TableFeed.Command<R, I>> context;
    private final Map<ActorRef<FeedReply>, Held> held = new LinkedHashMap<>();
    private final Map<Long, PackedFrame> changes = new HashMap<>();
    private final SnapshotCache snapshots = new SnapshotCache();
    private final Map<ActorRef<FeedReply>, FeedServer.Poll> waiting = new LinkedHashMap<>();
    private boolean packing;
    private int history; // counts replacements of the table, which void snapshots under way

    LongPollResponder(
            TableType<R, I> type,
            MasterTable<R, I> served,
            FeedSettings.Server settings,
            Clock clock,
            ActorContext<TableFeed.Command<R, I>> context) {
        this.type = type;
        this.served = served;
        this.settings = settings;
        this.codec = new FeedCodec<>(type);
        this.table = type.table();
        this.clock = clock;
        this.context = context;
    }

    /**
     * Takes a poll, which replaces the client's earlier one.
     *
     * @param databaseAway whether the last read of the database failed
     */
    void poll(PendingPoll pending, boolean databaseAway) {
        FeedServer.Poll poll = pending.poll();
        held.remove(poll.replyTo());
        waiting.remove(poll.replyTo());
        answer(
                PollRules.onArrival(
                        poll.after(),
                        poll.snapshot(),
                        pending.waitsForImage(),
                        state(databaseAway)),
                pending);
    }

    /** Sends a part of a snapshot, or starts another snapshot if that one was replaced. */
    void pull(FeedServer.Pull pull) {
        Optional<PackedFrame> frame = snapshots.find(pull.checksum(), pull.index());
        if (frame.isPresent()) {
            pull.replyTo().tell(frame.get().part(pull.poll(), pull.index()));
        } else {
            FeedServer.Poll poll =
                    new FeedServer.Poll(
                            table, pull.poll(), pull.node(), pull.after(), true, pull.replyTo());
            poll(new PendingPoll(poll, false, false), false);
        }
    }

    /** The image has a later revision: answers the polls that wait for it. */
    void advanced() {
        changes.clear();
        for (Held each : List.copyOf(held.values())) {
            if (each.poll().after() < served.revision()) {
                held.remove(each.poll().replyTo());
                sendNewer(each.pending());
            }
        }
    }

    /** The database was replaced: no encoded frame leads to its content. */
    void historyReplaced() {
        history++;
        packing = false;
        snapshots.clear();
        changes.clear();
        held.values().forEach(each -> sendUnchanged(each.poll()));
        held.clear();
        if (!waiting.isEmpty()) {
            pack();
        }
    }

    /**
     * Answers the polls whose time is up.
     *
     * @param databaseAway whether the last read of the database failed
     */
    void expire(boolean databaseAway) {
        Instant now = clock.instant();
        for (Held each : List.copyOf(held.values())) {
            if (!now.isBefore(each.until())) {
                held.remove(each.poll().replyTo());
                long after = each.poll().after();
                answer(PollRules.onTimeout(after, state(databaseAway)), each.pending());
            }
        }
    }

    /** Keeps an encoded snapshot and sends it to the nodes that wait for one. */
    void packed(PackedSnapshot packed) {
        if (packed.history() != history) {
            return;
        }
        packing = false;
        snapshots.add(packed.frame());
        List<FeedServer.Poll> all = List.copyOf(waiting.values());
        waiting.clear();
        for (FeedServer.Poll poll : all) {
            if (brings(packed.frame(), poll)) {
                poll.replyTo().tell(packed.frame().part(poll.poll(), 0));
            } else {
                sendSnapshot(new PendingPoll(poll, false, false));
            }
        }
    }

    private PollRules.State state(boolean databaseAway) {
        return new PollRules.State(served.loaded(), served.revision(), databaseAway);
    }

    private void answer(PollRules.Answer answer, PendingPoll pending) {
        switch (answer) {
            case HOLD -> hold(pending);
            case NO_IMAGE -> refuse(pending, "no image of the " + table.label() + " table yet");
            case DATABASE_AWAY ->
                    refuse(pending, "database away, still at revision " + served.revision());
            case SNAPSHOT -> sendSnapshot(pending);
            case NEWER -> sendNewer(pending);
            case UNCHANGED -> sendUnchanged(pending.poll());
        }
    }

    private void hold(PendingPoll pending) {
        Instant until = clock.instant().plus(settings.longPollTimeout());
        held.put(pending.poll().replyTo(), new Held(pending, until));
    }

    /** Changes that do not fit into one message are not sent: a snapshot can be pulled in parts. */
    private void sendNewer(PendingPoll pending) {
        FeedServer.Poll poll = pending.poll();
        Optional<PackedFrame> frame = changes(poll.after()).filter(one -> one.count() == 1);
        if (frame.isPresent()) {
            poll.replyTo().tell(frame.get().part(poll.poll(), 0));
        } else {
            sendSnapshot(pending);
        }
    }

    private Optional<PackedFrame> changes(long after) {
        PackedFrame known = changes.get(after);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<PackedFrame> fresh = served.since(after).map(texts -> packedChanges(after, texts));
        fresh.ifPresent(frame -> changes.put(after, frame));
        return fresh;
    }

    private PackedFrame packedChanges(long after, List<String> texts) {
        byte[] bytes = codec.changes(after, served.revision(), served.digest(), texts);
        return PackedFrame.of(served.revision(), bytes, settings.partSize());
    }

    private void sendSnapshot(PendingPoll pending) {
        FeedServer.Poll poll = pending.poll();
        context.getLog()
                .debug(
                        "snapshot for node: table={} node={} revision={} of={}",
                        table.label(),
                        poll.node(),
                        served.revision(),
                        poll.after());
        if (pending.local()) {
            poll.replyTo().tell(here(poll));
            return;
        }
        Optional<PackedFrame> ready =
                snapshots.find(frame -> brings(frame, poll) && served.reachable(frame.revision()));
        if (ready.isPresent()) {
            poll.replyTo().tell(ready.get().part(poll.poll(), 0));
        } else {
            waiting.put(poll.replyTo(), poll);
            if (!packing) {
                pack();
            }
        }
    }

    private FeedReply here(FeedServer.Poll poll) {
        return new FeedReply.Here<>(
                poll.poll(), type, served.image(), served.revision(), served.digest());
    }

    private boolean brings(PackedFrame frame, FeedServer.Poll poll) {
        return PollRules.brings(frame.revision(), poll.after(), poll.snapshot(), served.revision());
    }

    /** Encodes the current image on a thread that may block. */
    private void pack() {
        packing = true;
        I image = served.image();
        long revision = served.revision();
        long digest = served.digest();
        int asOf = history;
        CompletableFuture<PackedSnapshot> done =
                CompletableFuture.supplyAsync(
                        () -> {
                            byte[] bytes = codec.snapshot(revision, digest, image.rows());
                            return new PackedSnapshot(
                                    asOf, PackedFrame.of(revision, bytes, settings.partSize()));
                        },
                        context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()));
        context.pipeToSelf(
                done,
                (packed, cause) -> {
                    if (cause != null) {
                        throw new IllegalStateException(
                                "cannot encode the " + table.label() + " table", cause);
                    }
                    return new TableFeed.Packed<>(packed);
                });
    }

    private void sendUnchanged(FeedServer.Poll poll) {
        byte[] bytes = codec.unchanged(served.revision(), served.digest());
        poll.replyTo().tell(new FeedReply.Whole(poll.poll(), bytes));
    }

    private static void refuse(PendingPoll pending, String reason) {
        FeedServer.Poll poll = pending.poll();
        poll.replyTo().tell(new FeedReply.NotReady(poll.poll(), reason));
    }
}
