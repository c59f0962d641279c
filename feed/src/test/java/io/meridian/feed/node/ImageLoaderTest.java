package io.meridian.feed.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.Rows;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;
import io.meridian.feed.wire.FeedFrame;

import org.junit.jupiter.api.Test;

import java.util.List;

class ImageLoaderTest {
    private final ImageLoader<ZoneRow, ZoneImage> empty = ImageLoader.empty(TableType.ZONE, 3);
    private final ImageLoader<ZoneRow, ZoneImage> at10 = empty.apply(snapshot(10, 0, 3)).next();

    @Test
    void theFirstImageIsPublishedEvenIfTheTableIsEmpty() {
        assertThat(published(empty.apply(snapshot(0, 0, 0))).changes()).isEmpty();
    }

    @Test
    void aSnapshotAfterAGapIsPublishedAsTheDifference() {
        FrameOutcome<ZoneRow, ZoneImage> gap =
                at10.apply(new FeedFrame.Changes<>(Table.ZONE, 12, 13, 0, List.of()));
        assertThat(gap).isInstanceOf(FrameOutcome.Ask.class);
        FrameOutcome.Publish<ZoneRow, ZoneImage> publish =
                published(gap.next().apply(snapshot(13, 1, 4)));
        assertThat(publish.changes())
                .containsExactly(Change.add(Rows.zone(3)), Change.remove(Rows.zone(0)));
        assertThat(publish.provenance()).isEqualTo(new Provenance(13, Provenance.Origin.SNAPSHOT));
    }

    @Test
    void aPublishedImageEqualsItsSnapshot() {
        ImageLoader<ZoneRow, ZoneImage> other =
                empty.apply(snapshot(13, 1, 4)).next(); // a snapshot at another revision
        FrameOutcome.Publish<ZoneRow, ZoneImage> shown =
                published(at10.fromLocalMaster(other.image(), other.revision(), other.digest()));
        FrameOutcome.Publish<ZoneRow, ZoneImage> sent = published(at10.apply(snapshot(13, 1, 4)));
        assertThat(shown.changes()).isEqualTo(sent.changes());
        assertThat(shown.provenance()).isEqualTo(sent.provenance());
        assertThat(shown.next()).isEqualTo(sent.next());
        assertThat(shown.next().fromLocalMaster(other.image(), other.revision(), other.digest()))
                .isInstanceOf(FrameOutcome.Current.class);
        assertThat(shown.next().fromLocalMaster(at10.image(), at10.revision(), at10.digest()))
                .isInstanceOf(FrameOutcome.Older.class);
    }

    @Test
    void anOlderSnapshotIsDropped() {
        FrameOutcome<ZoneRow, ZoneImage> outcome = at10.apply(snapshot(9, 0, 2));
        assertThat(outcome).isInstanceOf(FrameOutcome.Older.class);
        assertThat(outcome.next().image()).isEqualTo(at10.image());
    }

    @Test
    void aRestoredBackupIsAcceptedAfterRepeatedAnswers() {
        ImageLoader<ZoneRow, ZoneImage> loader = at10;
        for (int i = 0; i < 3; i++) {
            assertThat(loader.acceptsRollback()).isFalse();
            loader = loader.apply(new FeedFrame.Unchanged<>(Table.ZONE, 4, 0)).next();
        }
        assertThat(loader.acceptsRollback()).isTrue();
        assertThat(loader.needsSnapshot()).isTrue();
        FrameOutcome<ZoneRow, ZoneImage> back = loader.apply(snapshot(4, 0, 1));
        assertThat(back).isInstanceOf(FrameOutcome.Publish.class);
        assertThat(back.next().revision()).isEqualTo(4);
        assertThat(back.next().acceptsRollback()).isFalse();
    }

    @Test
    void oneMasterThatIsNotBehindResetsTheCount() {
        ImageLoader<ZoneRow, ZoneImage> loader = at10;
        for (int i = 0; i < 10; i++) {
            loader = loader.apply(new FeedFrame.Unchanged<>(Table.ZONE, 4, 0)).next();
            loader =
                    loader.apply(new FeedFrame.Unchanged<>(Table.ZONE, 10, loader.digest())).next();
        }
        assertThat(loader.olderReplies()).isZero();
    }

    /** As when a restored database has reached or passed the node's revision with other rows. */
    @Test
    void differentContentUnderTheSameRevisionIsDetected() {
        ImageLoader<ZoneRow, ZoneImage> other = empty.apply(snapshot(10, 1, 3)).next();
        assertThat(at10.apply(new FeedFrame.Unchanged<>(Table.ZONE, 10, other.digest())))
                .isInstanceOf(FrameOutcome.Ask.class);
        assertThat(
                        at10.apply(
                                new FeedFrame.Changes<>(
                                        Table.ZONE,
                                        10,
                                        11,
                                        other.digest(),
                                        List.of(Change.remove(Rows.zone(2))))))
                .isInstanceOf(FrameOutcome.Ask.class);
    }

    private static FrameOutcome.Publish<ZoneRow, ZoneImage> published(
            FrameOutcome<ZoneRow, ZoneImage> outcome) {
        if (outcome instanceof FrameOutcome.Publish<ZoneRow, ZoneImage> publish) {
            return publish;
        }
        throw new AssertionError("was " + outcome);
    }

    private static FeedFrame.Snapshot<ZoneRow> snapshot(long revision, int from, int to) {
        return Rows.snapshot(revision, Rows.zones(from, to));
    }
}
