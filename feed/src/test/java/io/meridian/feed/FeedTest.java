package io.meridian.feed;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.TableUpdate;
import io.meridian.feed.node.FeedClient;
import io.meridian.feed.node.ImageFile;
import io.meridian.feed.node.RecordingPublisher;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** One master and one node in one process. */
class FeedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ActorTestKit kit = ActorTestKit.create();
    private final FeedSettings settings = TestNodes.settings();
    private final TestNodes.Master master = new TestNodes.Master();
    private final RecordingPublisher<ZoneRow, ZoneImage> publisher =
            new RecordingPublisher<>(TableType.ZONE);
    private final CurrentImage<ZoneRow, ZoneImage> view = new CurrentImage<>(TableType.ZONE);

    @TempDir Path directory;

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void aNodeFollowsTheTable() {
        kit.spawn(master.server(settings));
        spawnClient();
        await(() -> publisher.revision() == 0);
        commit(Rows.zones(0, 10));
        await(() -> publisher.revision() == 1);
        master.zoneStore.commit(List.of(Change.remove(Rows.zone(3)), Change.add(Rows.zone(11))));
        await(() -> publisher.revision() == 2);
        assertThat(master.zoneStore.wholeReads()).isEqualTo(1);
        assertSameAsStore();
        assertThat(publisher.calls().getFirst().origin()).isEqualTo(Provenance.Origin.SNAPSHOT);
        assertThat(publisher.calls().getLast().origin()).isEqualTo(Provenance.Origin.CHANGES);
        assertThat(view.image()).isEqualTo(publisher.obeyed());
        assertThat(view.revision()).isEqualTo(2);
    }

    @Test
    void aNodeFollowsTheVipTable() {
        kit.spawn(master.server(settings));
        RecordingPublisher<VipRow, VipImage> vips = new RecordingPublisher<>(TableType.VIP);
        CurrentImage<VipRow, VipImage> vipView = new CurrentImage<>(TableType.VIP);
        kit.spawn(
                FeedClient.create(
                        settings,
                        new FeedClient.Node<>(
                                "n1",
                                List.of(vips),
                                vipView,
                                new ImageFile<>(TableType.VIP, directory),
                                Clock.systemUTC())));
        master.vipStore.commit(List.of(Change.add(Rows.backend(1, BackendState.SERVING))));
        await(() -> vips.revision() == 1);
        master.vipStore.commit(
                List.of(
                        Change.remove(Rows.backend(1, BackendState.SERVING)),
                        Change.add(Rows.backend(1, BackendState.DRAINING))));
        await(() -> vips.revision() == 2);
        assertThat(vips.obeyed()).isEqualTo(master.vips.image());
        vips.assertExact();
    }

    @Test
    void aSnapshotOfManyPartsArrivesComplete() {
        commit(Rows.zones(0, 3000));
        kit.spawn(master.server(settings));
        spawnClient();
        await(() -> publisher.revision() == 1);
        assertSameAsStore();
        assertThat(publisher.calls()).hasSize(1);
    }

    @Test
    void aCommitWithoutAnnouncementIsFound() {
        kit.spawn(master.server(settings));
        spawnClient();
        await(() -> publisher.revision() == 0);
        master.zoneStore.silent(true);
        commit(Rows.zones(0, 2));
        await(() -> publisher.revision() == 1);
    }

    @Test
    void duringADatabaseOutageMastersAndNodesKeepTheirImages() {
        kit.spawn(master.server(settings));
        spawnClient();
        commit(Rows.zones(0, 10));
        await(() -> publisher.revision() == 1);
        master.zoneStore.away(true);
        RecordingPublisher<ZoneRow, ZoneImage> late = new RecordingPublisher<>(TableType.ZONE);
        spawnClient("late", late, new CurrentImage<>(TableType.ZONE));
        await(() -> late.revision() == 1);
        commit(Rows.zones(10, 20));
        assertThat(publisher.obeyed().rows()).isEqualTo(Rows.zones(0, 10));
        master.zoneStore.away(false);
        await(() -> publisher.revision() == 2 && late.revision() == 2);
        assertSameAsStore();
        late.assertExact();
    }

    @Test
    void aMasterThatStartsWithoutItsDatabaseServesAsSoonAsItIsBack() {
        commit(Rows.zones(0, 10));
        master.zoneStore.away(true);
        kit.spawn(master.server(settings));
        spawnClient();
        TestProbe<TableUpdate<ZoneRow, ZoneImage>> image = kit.createTestProbe();
        kit.spawn(master.server(settings))
                .tell(new FeedServer.GetImage<>(TableType.ZONE, image.ref()));
        image.expectNoMessage(Duration.ofMillis(300));
        assertThat(publisher.calls()).as("never an empty interim image").isEmpty();
        master.zoneStore.away(false);
        await(() -> publisher.revision() == 1);
        assertThat(image.receiveMessage(PATIENCE).image().rows()).isEqualTo(Rows.zones(0, 10));
    }

    @Test
    void prunedStepsAreReplacedByADeltaAndNeverByAnEmptyImage() {
        kit.spawn(master.server(settings));
        spawnClient();
        commit(Rows.zones(0, 10));
        await(() -> publisher.revision() == 1);
        master.zoneStore.away(true);
        commit(Rows.zones(10, 20));
        master.zoneStore.commit(List.of(Change.remove(Rows.zone(0))));
        master.zoneStore.prune();
        master.zoneStore.away(false);
        await(() -> publisher.revision() == 3);
        assertSameAsStore();
        assertThat(publisher.obeyed().rows()).isEqualTo(Rows.zones(1, 20));
    }

    @Test
    void nodesFollowADatabaseRestoredFromAnOlderBackup() {
        kit.spawn(master.server(settings));
        spawnClient();
        for (int i = 0; i < 8; i++) {
            commit(Rows.zones(i, i + 1));
        }
        await(() -> publisher.revision() == 8);
        master.zoneStore.restore(5, Rows.zones(0, 5));
        await(() -> publisher.revision() == 5);
        assertSameAsStore();
        commit(Rows.zones(20, 21));
        await(() -> publisher.revision() == 6);
        assertSameAsStore();
    }

    /** Revisions are equal, so only the digest shows the difference. */
    @Test
    void aDatabaseRestoredToTheSameRevisionIsDetectedByTheAudit() {
        FeedSettings audited = TestNodes.settings("meridian.feed.server.audit-interval = 1 s");
        kit.spawn(master.server(audited));
        spawnClient();
        commit(Rows.zones(0, 5));
        await(() -> publisher.revision() == 1);
        master.zoneStore.restore(1, Rows.zones(1, 6));
        await(() -> publisher.obeyed().rows().equals(Rows.zones(1, 6)));
        publisher.assertExact();
    }

    @Test
    void aNodeStartsFromItsFileBeforeAnyMasterAnswers() {
        ActorRef<FeedServer.Command> server = kit.spawn(master.server(settings));
        ActorRef<FeedClient.Command> client = spawnClient();
        commit(Rows.zones(0, 10));
        await(() -> publisher.revision() == 1);
        kit.stop(client, PATIENCE);
        kit.stop(server, PATIENCE);
        RecordingPublisher<ZoneRow, ZoneImage> restarted = new RecordingPublisher<>(TableType.ZONE);
        CurrentImage<ZoneRow, ZoneImage> restartedView = new CurrentImage<>(TableType.ZONE);
        spawnClient("n1", restarted, restartedView);
        await(() -> restarted.revision() == 1);
        assertThat(restarted.calls()).containsExactly(new Provenance(1, Provenance.Origin.DISK));
        assertThat(restarted.obeyed().rows()).isEqualTo(Rows.zones(0, 10));
        assertThat(restartedView.confirmedAt()).as("no master has said so yet").isEmpty();
        commit(Rows.zones(10, 12));
        kit.spawn(master.server(settings));
        await(() -> restarted.revision() == 2);
        restarted.assertExact();
        assertThat(restarted.obeyed().rows()).isEqualTo(Rows.zones(0, 12));
    }

    @Test
    void anImageFromTheFileIsPublishedAgainWhenAMasterConfirmsIt() {
        ActorRef<FeedServer.Command> server = kit.spawn(master.server(settings));
        ActorRef<FeedClient.Command> client = spawnClient();
        commit(Rows.zones(0, 10));
        await(() -> publisher.revision() == 1);
        kit.stop(client, PATIENCE);
        kit.stop(server, PATIENCE);
        RecordingPublisher<ZoneRow, ZoneImage> restarted = new RecordingPublisher<>(TableType.ZONE);
        CurrentImage<ZoneRow, ZoneImage> restartedView = new CurrentImage<>(TableType.ZONE);
        spawnClient("n1", restarted, restartedView);
        await(() -> restarted.revision() == 1);
        kit.spawn(master.server(settings));

        await(() -> restartedView.confirmedAt().isPresent());
        assertThat(restarted.calls())
                .containsExactly(
                        new Provenance(1, Provenance.Origin.DISK),
                        new Provenance(1, Provenance.Origin.CHANGES));
        restarted.assertExact();
        assertThat(restarted.obeyed().rows()).isEqualTo(Rows.zones(0, 10));
    }

    @Test
    void aDamagedFileIsSetAsideAndReplacedByASnapshot() throws IOException {
        kit.spawn(master.server(settings));
        commit(Rows.zones(0, 10));
        Path file = directory.resolve("zone.image");
        Files.write(file, new byte[] {'M', 'F', 1, 2, 3, 4, 5, 6, 7, 8});
        spawnClient();
        await(() -> publisher.revision() == 1);
        publisher.assertExact();
        try (var files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("zone.image.damaged-"));
        }
        await(
                () ->
                        new ImageFile<>(TableType.ZONE, directory).read(java.time.Instant.EPOCH)
                                instanceof ImageFile.Saved.Found);
    }

    @Test
    void aFailedPublisherGetsAllMissedChanges() {
        kit.spawn(master.server(settings));
        spawnClient();
        await(() -> publisher.revision() == 0);
        publisher.failNext(3);
        commit(Rows.zones(0, 4));
        commit(Rows.zones(4, 8));
        await(() -> publisher.revision() == 2);
        await(() -> view.revision() == 2);
        assertSameAsStore();
    }

    @Test
    void observersSeeEveryRevisionOnceUntilTheyStop() {
        ActorRef<FeedServer.Command> server = kit.spawn(master.server(settings));
        TestProbe<TableUpdate<ZoneRow, ZoneImage>> observer = kit.createTestProbe();
        commit(Rows.zones(0, 2));
        await(() -> master.zones.revision() == 1);
        server.tell(new FeedServer.Observe<>(TableType.ZONE, observer.ref()));
        server.tell(new FeedServer.Observe<>(TableType.ZONE, observer.ref()));
        assertThat(observer.receiveMessage(PATIENCE).changes())
                .isEqualTo(Delta.all(Rows.zones(0, 2)));
        commit(Rows.zones(2, 3));
        TableUpdate<ZoneRow, ZoneImage> update = observer.receiveMessage(PATIENCE);
        assertThat(update.changes()).isEqualTo(Delta.all(Rows.zones(2, 3)));
        assertThat(update.revision()).isEqualTo(2);
        assertThat(update.image()).isEqualTo(master.zones.image());
    }

    private void commit(List<ZoneRow> added) {
        master.zoneStore.commit(Delta.all(added));
    }

    private ActorRef<FeedClient.Command> spawnClient() {
        return spawnClient("n1", publisher, view);
    }

    private ActorRef<FeedClient.Command> spawnClient(
            String id,
            RecordingPublisher<ZoneRow, ZoneImage> obeys,
            CurrentImage<ZoneRow, ZoneImage> shows) {
        ImageFile<ZoneRow, ZoneImage> file =
                new ImageFile<>(
                        TableType.ZONE, id.equals("n1") ? directory : directory.resolve(id));
        return kit.spawn(
                FeedClient.create(
                        settings,
                        new FeedClient.Node<>(id, List.of(obeys), shows, file, Clock.systemUTC())));
    }

    private void assertSameAsStore() {
        publisher.assertExact();
        List<Change<ZoneRow>> all = Delta.all(master.zoneStore.rows());
        assertThat(publisher.obeyed()).isEqualTo(ZoneImage.EMPTY.apply(all));
        assertThat(publisher.revision()).isEqualTo(master.zoneStore.revision());
    }

    private void await(Callable<Boolean> condition) {
        TestProbe<Object> probe = kit.createTestProbe();
        probe.awaitAssert(
                PATIENCE,
                Duration.ofMillis(10),
                () -> {
                    try {
                        assertThat(condition.call()).isTrue();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    return null;
                });
    }
}
