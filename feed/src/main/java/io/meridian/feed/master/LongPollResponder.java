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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How one table's nodes are answered: their held questions and the frames that are encoded for
 * them. Part of {@link TableFeed}: only its thread.
 *
 * <p>Memory is bounded whatever nodes do: one question per client; encoded changes for the current
 * revision only; at most two encoded snapshots, shared by all. A snapshot need not be of the newest
 * revision as long as the recent steps lead from it to there, so a busy table is not encoded again
 * for each node that asks.
 */
final class LongPollResponder<R extends Row, I extends Image<R, I>> {
    private static final int KEPT_SNAPSHOTS = 2;

    /**
     * What a node wants to know.
     *
     * @param here it is in this process
     * @param patient it waits for the first image
     */
    record Question(FeedServer.Poll poll, boolean here, boolean patient) {}

    private record Held(Question question, Instant until) {
        FeedServer.Poll poll() {
            return question.poll();
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
    private final List<PackedFrame> snapshots = new ArrayList<>(); // newest first
    private final Map<ActorRef<FeedReply>, FeedServer.Poll> waiting = new LinkedHashMap<>();
    private boolean packing;
    private int
            generation; // of the table's history: a frame from before a replacement is of no use

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
     * @param away the database can't be read
     */
    void ask(Question question, boolean away) {
        FeedServer.Poll poll = question.poll();
        held.remove(poll.replyTo());
        waiting.remove(poll.replyTo());
        if (!served.loaded() && question.patient()) {
            hold(question);
        } else if (!served.loaded()) {
            refuseWithoutImage(poll);
        } else if (poll.after() > served.revision() && away) {
            // Who can't read the database must not make a node believe that the table went back.
            refuse(poll, "database away, still at revision " + served.revision());
        } else if (poll.snapshot()) {
            answerSnapshot(question);
        } else if (poll.after() >= served.revision()) {
            hold(question);
        } else {
            answerNewer(question);
        }
    }

    void pull(FeedServer.Pull pull) {
        Optional<PackedFrame> frame =
                snapshots.stream()
                        .filter(kept -> kept.checksum() == pull.checksum())
                        .filter(kept -> 0 <= pull.index() && pull.index() < kept.count())
                        .findFirst();
        if (frame.isPresent()) {
            pull.replyTo().tell(frame.get().part(pull.poll(), pull.index()));
        } else {
            FeedServer.Poll poll =
                    new FeedServer.Poll(
                            table, pull.poll(), pull.node(), pull.after(), true, pull.replyTo());
            ask(new Question(poll, false, false), false);
        }
    }

    /** The image is at another revision: whoever waited for that gets it. */
    void advanced() {
        changes.clear();
        List<Held> all = List.copyOf(held.values());
        for (Held each : all) {
            if (each.poll().after() < served.revision()) {
                held.remove(each.poll().replyTo());
                answerNewer(each.question());
            }
        }
    }

    /** The table's past is another now. */
    void forget() {
        generation++;
        packing = false;
        snapshots.clear();
        changes.clear();
        held.values().forEach(each -> tellUnchanged(each.poll()));
        held.clear();
        if (!waiting.isEmpty()) {
            pack();
        }
    }

    /**
     * @param away the database can't be read
     */
    void expire(boolean away) {
        Instant now = clock.instant();
        List<Held> all = List.copyOf(held.values());
        for (Held each : all) {
            if (!now.isBefore(each.until())) {
                FeedServer.Poll poll = each.poll();
                held.remove(poll.replyTo());
                if (!served.loaded()) {
                    refuseWithoutImage(poll);
                } else if (poll.after() > served.revision() && away) {
                    refuse(poll, "database away, still at revision " + served.revision());
                } else {
                    tellUnchanged(poll);
                }
            }
        }
    }

    void packed(PackedSnapshot packed) {
        if (packed.generation() != generation) {
            return;
        }
        packing = false;
        snapshots.addFirst(packed.frame());
        while (snapshots.size() > KEPT_SNAPSHOTS) {
            snapshots.removeLast();
        }
        List<FeedServer.Poll> all = List.copyOf(waiting.values());
        waiting.clear();
        for (FeedServer.Poll poll : all) {
            if (useful(packed.frame(), poll)) {
                poll.replyTo().tell(packed.frame().part(poll.poll(), 0));
            } else {
                answerSnapshot(new Question(poll, false, false));
            }
        }
    }

    /** What came out of encoding in the background. */
    record PackedSnapshot(int generation, PackedFrame frame) {}

    private void hold(Question question) {
        held.put(
                question.poll().replyTo(),
                new Held(question, clock.instant().plus(settings.longPollTimeout())));
    }

    private void answerNewer(Question question) {
        if (!answerChanges(question.poll())) {
            answerSnapshot(question);
        }
    }

    private boolean answerChanges(FeedServer.Poll poll) {
        PackedFrame frame = changes.get(poll.after());
        if (frame == null) {
            Optional<PackedFrame> fresh =
                    served.since(poll.after()).map(texts -> packedChanges(poll.after(), texts));
            if (fresh.isEmpty()) {
                return false;
            }
            frame = fresh.get();
            changes.put(poll.after(), frame);
        }
        if (frame.count() > 1) {
            return false; // the snapshot can be had in pieces
        }
        poll.replyTo().tell(frame.part(poll.poll(), 0));
        return true;
    }

    private PackedFrame packedChanges(long after, List<String> texts) {
        byte[] bytes = codec.changes(after, served.revision(), served.digest(), texts);
        return PackedFrame.of(served.revision(), bytes, settings.partSize());
    }

    private void answerSnapshot(Question question) {
        FeedServer.Poll poll = question.poll();
        context.getLog()
                .debug(
                        "node {} gets a snapshot of the {} table: it is at revision={}, we are at"
                                + " revision={}",
                        poll.node(),
                        table.label(),
                        poll.after(),
                        served.revision());
        if (question.here()) {
            poll.replyTo()
                    .tell(
                            new FeedReply.Here<>(
                                    poll.poll(),
                                    type,
                                    served.image(),
                                    served.revision(),
                                    served.digest()));
            return;
        }
        Optional<PackedFrame> ready =
                snapshots.stream()
                        .filter(kept -> useful(kept, poll) && served.reachable(kept.revision()))
                        .findFirst();
        if (ready.isPresent()) {
            poll.replyTo().tell(ready.get().part(poll.poll(), 0));
        } else {
            waiting.put(poll.replyTo(), poll);
            if (!packing) {
                pack();
            }
        }
    }

    /**
     * A node that is ahead of us can only be given what we have. One that asks for what is newer
     * gets here if changes are too large for a message: the snapshot that it has would lead
     * nowhere.
     */
    private boolean useful(PackedFrame frame, FeedServer.Poll poll) {
        return poll.snapshot() || poll.after() >= served.revision()
                ? frame.revision() >= Math.min(poll.after(), served.revision())
                : frame.revision() > poll.after();
    }

    private void pack() {
        packing = true;
        I image = served.image();
        long revision = served.revision();
        long digest = served.digest();
        int asOf = generation;
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

    private void tellUnchanged(FeedServer.Poll poll) {
        byte[] bytes = codec.unchanged(served.revision(), served.digest());
        poll.replyTo().tell(new FeedReply.Whole(poll.poll(), bytes));
    }

    private void refuseWithoutImage(FeedServer.Poll poll) {
        refuse(poll, "no image of the " + table.label() + " table yet");
    }

    private static void refuse(FeedServer.Poll poll, String reason) {
        poll.replyTo().tell(new FeedReply.NotReady(poll.poll(), reason));
    }
}
