package io.meridian.feed.master;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Delta;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Provenance;
import io.meridian.feed.Rows;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;
import io.meridian.feed.TestNodes;
import io.meridian.feed.wire.DamagedFrame;
import io.meridian.feed.wire.FeedCodec;
import io.meridian.feed.wire.FeedFrame;
import io.meridian.feed.wire.FeedReply;
import io.meridian.feed.wire.PartAssembly;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Replies of {@link FeedServer}, message by message. */
class FeedServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestNodes.Master master = new TestNodes.Master();
    private final FeedCodec<ZoneRow> codec = new FeedCodec<>(TableType.ZONE);
    private final TestProbe<FeedReply> node = kit.createTestProbe(FeedReply.class);

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void aPollIsHeldUntilTheTableChanges() throws DamagedFrame {
        ActorRef<FeedServer.Command> server =
                started(
                        "meridian.feed { server.long-poll-timeout = 60 s, client.answer-timeout ="
                                + " 61 s }",
                        3);
        server.tell(poll(1, 3));
        node.expectNoMessage(Duration.ofMillis(300));
        master.zoneStore.commit(Delta.all(Rows.zones(3, 4)));
        FeedFrame.Changes<ZoneRow> changes = changes(node.receiveMessage(PATIENCE));
        assertThat(changes.from()).isEqualTo(3);
        assertThat(changes.to()).isEqualTo(4);
        assertThat(changes.changes()).isEqualTo(Delta.all(Rows.zones(3, 4)));
    }

    @Test
    void aHeldPollIsAnsweredWithoutAChange() throws DamagedFrame {
        started("", 3).tell(poll(1, 3));
        assertThat(frame(node.receiveMessage(PATIENCE)))
                .isEqualTo(
                        new FeedFrame.Unchanged<>(
                                Table.ZONE, 3, ImageDigest.of(TableType.ZONE, Rows.zones(0, 3))));
    }

    /** Steps may add and remove the same row; the node drops such changes (FeedLawTest). */
    @Test
    void stepsAreForwardedAsStored() throws DamagedFrame {
        ActorRef<FeedServer.Command> server = started("", 3);
        master.zoneStore.commit(Delta.all(Rows.zones(8, 9)));
        master.zoneStore.commit(List.of(Change.remove(Rows.zone(8)), Change.remove(Rows.zone(0))));
        settled(5);
        server.tell(poll(1, 3));
        assertThat(changes(node.receiveMessage(PATIENCE)).changes())
                .containsExactly(
                        Change.add(Rows.zone(8)),
                        Change.remove(Rows.zone(8)),
                        Change.remove(Rows.zone(0)));
    }

    @Test
    void aNodeTooFarBehindGetsASnapshot() throws DamagedFrame {
        ActorRef<FeedServer.Command> server =
                started("meridian.feed.server.change-history-revisions = 2", 9);
        server.tell(poll(1, 7));
        assertThat(frame(node.receiveMessage(PATIENCE))).isInstanceOf(FeedFrame.Changes.class);
        server.tell(poll(2, 6));
        assertThat(frame(node.receiveMessage(PATIENCE)))
                .isEqualTo(Rows.snapshot(9, Rows.zones(0, 9)));
    }

    @Test
    void aNodeInTheSameProcessGetsTheImageObject() throws DamagedFrame {
        ActorRef<FeedServer.Command> server =
                started("meridian.feed.server.change-history-revisions = 2", 9);
        server.tell(new FeedServer.PollHere(poll(1, 8), false));
        assertThat(frame(node.receiveMessage(PATIENCE))).isInstanceOf(FeedFrame.Changes.class);
        server.tell(new FeedServer.PollHere(poll(2, 6), false));
        assertThat(node.receiveMessage(PATIENCE))
                .isEqualTo(
                        new FeedReply.Here<>(
                                2,
                                TableType.ZONE,
                                master.zones.shown().orElseThrow().image(),
                                9,
                                ImageDigest.of(TableType.ZONE, Rows.zones(0, 9))));
    }

    @Test
    void aNodeWithASingleMasterWaitsForTheFirstImage() {
        master.zoneStore.away(true);
        master.zoneStore.commit(Delta.all(Rows.zones(0, 2)));
        ActorRef<FeedServer.Command> server =
                kit.spawn(
                        master.server(
                                TestNodes.settings(
                                        "meridian.feed { server.long-poll-timeout = 60 s,"
                                                + " client.answer-timeout = 61 s }")));
        server.tell(new FeedServer.PollHere(poll(1, Provenance.NO_REVISION), true));
        node.expectNoMessage(Duration.ofMillis(300));
        server.tell(new FeedServer.PollHere(poll(2, Provenance.NO_REVISION), false));
        assertThat(node.receiveMessage(PATIENCE)).isInstanceOf(FeedReply.NotReady.class);
        server.tell(new FeedServer.PollHere(poll(3, Provenance.NO_REVISION), true));
        master.zoneStore.away(false);
        assertThat(node.receiveMessage(PATIENCE))
                .isInstanceOfSatisfying(
                        FeedReply.Here.class, here -> assertThat(here.poll()).isEqualTo(3));
    }

    @Test
    void aPollHeldWithoutAnImageIsAnsweredAtItsTimeout() {
        master.zoneStore.away(true);
        ActorRef<FeedServer.Command> server = kit.spawn(master.server(TestNodes.settings()));
        server.tell(new FeedServer.PollHere(poll(1, Provenance.NO_REVISION), true));
        assertThat(node.receiveMessage(PATIENCE)).isInstanceOf(FeedReply.NotReady.class);
    }

    @Test
    void aLargeSnapshotIsSentInPartsOnRequest() throws DamagedFrame {
        master.zoneStore.commit(Delta.all(Rows.zones(0, 2000)));
        ActorRef<FeedServer.Command> server = kit.spawn(master.server(TestNodes.settings()));
        settled(1);
        server.tell(poll(1, Provenance.NO_REVISION));
        PartAssembly.Step step = PartAssembly.NONE.take(part(node.receiveMessage(PATIENCE)));
        int pieces = 1;
        while (step instanceof PartAssembly.Step.More more) {
            PartAssembly so = more.assembly();
            server.tell(
                    new FeedServer.Pull(
                            Table.ZONE,
                            ++pieces,
                            "n1",
                            -1,
                            so.checksum(),
                            so.parts().size(),
                            node.ref()));
            step = so.take(part(node.receiveMessage(PATIENCE)));
        }
        assertThat(pieces).isGreaterThan(5);
        node.expectNoMessage(Duration.ofMillis(100));
        assertThat(codec.decode(((PartAssembly.Step.Whole) step).bytes()))
                .isEqualTo(Rows.snapshot(1, Rows.zones(0, 2000)));
    }

    /** The cached snapshot is not newer than the node's image, so the node would poll for ever. */
    @Test
    void aNodeWithTheCachedSnapshotGetsANewerOne() throws DamagedFrame {
        master.zoneStore.commit(Delta.all(Rows.zones(0, 2000)));
        ActorRef<FeedServer.Command> server = kit.spawn(master.server(TestNodes.settings()));
        settled(1);
        assertThat(pulled(server, 1, Provenance.NO_REVISION))
                .isEqualTo(Rows.snapshot(1, Rows.zones(0, 2000)));
        master.zoneStore.commit(Delta.all(Rows.zones(2000, 4000)));
        settled(2);
        assertThat(pulled(server, 100, 1)).isEqualTo(Rows.snapshot(2, Rows.zones(0, 4000)));
    }

    /** Requests a frame part by part. */
    private FeedFrame<ZoneRow> pulled(ActorRef<FeedServer.Command> server, long number, long after)
            throws DamagedFrame {
        server.tell(poll(number, after));
        PartAssembly.Step step = PartAssembly.NONE.take(part(node.receiveMessage(PATIENCE)));
        for (long pull = number + 1; step instanceof PartAssembly.Step.More more; pull++) {
            PartAssembly so = more.assembly();
            server.tell(
                    new FeedServer.Pull(
                            Table.ZONE,
                            pull,
                            "n1",
                            after,
                            so.checksum(),
                            so.parts().size(),
                            node.ref()));
            step = so.take(part(node.receiveMessage(PATIENCE)));
        }
        return codec.decode(((PartAssembly.Step.Whole) step).bytes());
    }

    @Test
    void aPartOfADroppedFrameRestartsTheSnapshot() {
        master.zoneStore.commit(Delta.all(Rows.zones(0, 2000)));
        ActorRef<FeedServer.Command> server = kit.spawn(master.server(TestNodes.settings()));
        settled(1);
        server.tell(new FeedServer.Pull(Table.ZONE, 5, "n1", -1, 4711, 3, node.ref()));
        FeedReply.Part part = part(node.receiveMessage(PATIENCE));
        assertThat(part.index()).isZero();
        assertThat(part.poll()).isEqualTo(5);
    }

    @Test
    void aMasterWithoutImageAnswersNotReady() {
        master.zoneStore.away(true);
        kit.spawn(master.server(TestNodes.settings())).tell(poll(1, 0));
        assertThat(node.receiveMessage(PATIENCE)).isInstanceOf(FeedReply.NotReady.class);
    }

    @Test
    void aMasterWithoutItsDatabaseNeverMovesANodeBack() {
        ActorRef<FeedServer.Command> server = started("", 3);
        master.zoneStore.away(true);
        TestProbe<FeedReply> probe = kit.createTestProbe(FeedReply.class);
        node.awaitAssert(
                PATIENCE,
                () -> {
                    server.tell(new FeedServer.Poll(Table.ZONE, 1, "n1", 10, false, probe.ref()));
                    assertThat(probe.receiveMessage(PATIENCE))
                            .isInstanceOf(FeedReply.NotReady.class);
                    return null;
                });
    }

    @Test
    void aNewPollOfANodeReplacesItsOlderPoll() {
        ActorRef<FeedServer.Command> server = started("", 3);
        server.tell(poll(1, 3));
        server.tell(poll(2, 3));
        assertThat(node.receiveMessage(PATIENCE).poll()).isEqualTo(2);
        node.expectNoMessage(Duration.ofMillis(600));
    }

    private ActorRef<FeedServer.Command> started(String override, int revisions) {
        ActorRef<FeedServer.Command> server =
                kit.spawn(master.server(TestNodes.settings(override)));
        settled(0);
        for (int i = 0; i < revisions; i++) {
            master.zoneStore.commit(Delta.all(Rows.zones(i, i + 1)));
            settled(i + 1);
        }
        return server;
    }

    private void settled(long revision) {
        node.awaitAssert(
                PATIENCE,
                () -> {
                    assertThat(master.zones.revision()).isEqualTo(revision);
                    return null;
                });
    }

    private FeedServer.Poll poll(long number, long after) {
        return new FeedServer.Poll(Table.ZONE, number, "n1", after, false, node.ref());
    }

    private static FeedReply.Part part(FeedReply reply) {
        assertThat(reply).isInstanceOf(FeedReply.Part.class);
        return (FeedReply.Part) reply;
    }

    private FeedFrame<ZoneRow> frame(FeedReply reply) throws DamagedFrame {
        assertThat(reply).isInstanceOf(FeedReply.Whole.class);
        return codec.decode(((FeedReply.Whole) reply).bytes());
    }

    private FeedFrame.Changes<ZoneRow> changes(FeedReply reply) throws DamagedFrame {
        return (FeedFrame.Changes<ZoneRow>) frame(reply);
    }
}
