package io.meridian.feed.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Delta;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Rows;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;
import io.meridian.feed.node.FrameOutcome;
import io.meridian.feed.node.ImageLoader;
import io.meridian.feed.wire.DamagedFrame;
import io.meridian.feed.wire.FeedFrame;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Laws of the feed without actors: a table's history, a master that reads it in any batches, and a
 * node that polls at any time.
 */
class FeedLawTest {
    private static final TableType<ZoneRow, ZoneImage> TYPE = TableType.ZONE;

    @Property
    void readsOfAnyBatchSizeGiveTheSameTable(
            @ForAll("histories") List<List<Change<ZoneRow>>> history, @ForAll Random random) {
        MasterTable<ZoneRow, ZoneImage> served = master(1000);
        int at = 0;
        while (at < history.size()) {
            int to = at + 1 + random.nextInt(history.size() - at);
            int overlap = random.nextInt(at + 1); // a read may repeat steps that the master has
            served.follow(steps(history, at - overlap, to));
            at = to;
        }
        assertSame(served, history);
    }

    @Property
    void aSnapshotEqualsTheReplayOfItsSteps(
            @ForAll("histories") List<List<Change<ZoneRow>>> history) {
        MasterTable<ZoneRow, ZoneImage> replayed = master(1000);
        replayed.follow(steps(history, 0, history.size()));
        MasterTable<ZoneRow, ZoneImage> read = new MasterTable<>(TYPE, 1000, 1000);
        read.whole(whole(history.size(), replayed.image().rows()));
        assertThat(read.image()).isEqualTo(replayed.image());
        assertThat(read.revision()).isEqualTo(replayed.revision());
        assertThat(read.digest()).isEqualTo(replayed.digest());
    }

    @Property
    void aMissingStepIsAGapAndAFullReadRecovers(
            @ForAll("histories") List<List<Change<ZoneRow>>> history, @ForAll Random random) {
        MasterTable<ZoneRow, ZoneImage> served = master(1000);
        int lost = random.nextInt(history.size());
        served.follow(steps(history, 0, lost));
        MasterTable.Effect<ZoneRow> effect =
                served.follow(steps(history, lost + 1, history.size()));
        if (lost + 1 < history.size()) {
            assertThat(effect).isEqualTo(new MasterTable.Effect.Gap<ZoneRow>(lost, lost + 2));
        }
        assertThat(served.revision()).isEqualTo(lost);
        served.whole(whole(history.size(), Rows.replayed(history).rows()));
        assertSame(served, history);
    }

    @Property
    void aReadWithAGapChangesNothing(
            @ForAll("histories") List<List<Change<ZoneRow>>> history, @ForAll Random random) {
        MasterTable<ZoneRow, ZoneImage> served = master(1000);
        int lost = random.nextInt(history.size());
        List<TableStep<ZoneRow>> read = new ArrayList<>(steps(history, 0, history.size()));
        read.remove(lost);
        if (lost < read.size()) {
            assertThat(served.follow(read))
                    .isEqualTo(new MasterTable.Effect.Gap<ZoneRow>(lost, lost + 2));
            assertThat(served.revision()).isZero();
            assertThat(served.image()).isEqualTo(ZoneImage.EMPTY);
        }
    }

    @Property
    void aNodeReachesTheMastersImageByExactChangesAndNeverGoesBack(
            @ForAll("histories") List<List<Change<ZoneRow>>> history, @ForAll Random random) {
        MasterTable<ZoneRow, ZoneImage> served =
                master(1 + random.nextInt(4)); // few recent steps, so that gaps occur
        ImageLoader<ZoneRow, ZoneImage> loader = ImageLoader.empty(TYPE, 3);
        ZoneImage obeyed = ZoneImage.EMPTY;
        for (int at = 0; at < history.size(); ) {
            int to = Math.min(history.size(), at + random.nextInt(3));
            served.follow(steps(history, at, to));
            at = to;
            FeedFrame<ZoneRow> frame =
                    random.nextInt(4) == 0 ? unfit(served, loader, random) : answer(served, loader);
            FrameOutcome<ZoneRow, ZoneImage> outcome = loader.apply(frame);
            assertThat(outcome.next().revision()).isGreaterThanOrEqualTo(loader.revision());
            obeyed = obey(obeyed, outcome);
            loader = outcome.next();
            if (random.nextInt(4) == 0) {
                loader =
                        loader.damaged(new DamagedFrame(DamagedFrame.Fault.CHECKSUM, "test"))
                                .next();
                assertThat(loader.needsSnapshot()).isTrue();
            }
        }
        FrameOutcome<ZoneRow, ZoneImage> last = loader.apply(answer(served, loader));
        obeyed = obey(obeyed, last);
        assertThat(last.next().revision()).isEqualTo(history.size());
        assertThat(last.next().image()).isEqualTo(Rows.replayed(history));
        assertThat(obeyed).isEqualTo(Rows.replayed(history));
    }

    /** Applies an outcome to the published image; asserts that its changes are the exact delta. */
    private static ZoneImage obey(ZoneImage obeyed, FrameOutcome<ZoneRow, ZoneImage> outcome) {
        return switch (outcome) {
            case FrameOutcome.Publish<ZoneRow, ZoneImage> publish -> {
                assertThat(publish.changes())
                        .isEqualTo(Delta.between(TYPE, obeyed, publish.next().image()));
                assertThat(publish.provenance().revision()).isEqualTo(publish.next().revision());
                yield obeyed.apply(publish.changes());
            }
            case FrameOutcome.Current<ZoneRow, ZoneImage> current -> obeyed;
            case FrameOutcome.Older<ZoneRow, ZoneImage> older -> obeyed;
            case FrameOutcome.Ask<ZoneRow, ZoneImage> ask -> {
                assertThat(ask.next().needsSnapshot()).isTrue();
                yield obeyed;
            }
        };
    }

    /** The frame with which a master answers the node. */
    private static FeedFrame<ZoneRow> answer(
            MasterTable<ZoneRow, ZoneImage> served, ImageLoader<ZoneRow, ZoneImage> loader) {
        if (!loader.needsSnapshot() && loader.revision() == served.revision()) {
            return new FeedFrame.Unchanged<>(Table.ZONE, served.revision(), served.digest());
        }
        Optional<List<String>> since =
                loader.needsSnapshot() ? Optional.empty() : served.since(loader.revision());
        return since.<FeedFrame<ZoneRow>>map(
                        texts ->
                                new FeedFrame.Changes<>(
                                        Table.ZONE,
                                        loader.revision(),
                                        served.revision(),
                                        served.digest(),
                                        TYPE.text().changes(String.join("", texts))))
                .orElseGet(() -> Rows.snapshot(served.revision(), served.image().rows()));
    }

    /** A frame that the node must not apply: older, newer with a gap, or with other content. */
    private static FeedFrame<ZoneRow> unfit(
            MasterTable<ZoneRow, ZoneImage> served,
            ImageLoader<ZoneRow, ZoneImage> loader,
            Random random) {
        long at = Math.max(0, loader.revision());
        List<Change<ZoneRow>> some = List.of(Change.add(Rows.zone(random.nextInt(9))));
        return switch (random.nextInt(4)) {
            case 0 -> new FeedFrame.Changes<>(Table.ZONE, at + 5, at + 6, served.digest(), some);
            case 1 -> new FeedFrame.Changes<>(Table.ZONE, at, at + 1, 4711, some);
            case 2 -> new FeedFrame.Unchanged<>(Table.ZONE, at, 4711);
            default -> new FeedFrame.Unchanged<>(Table.ZONE, at + 9, served.digest());
        };
    }

    private static MasterTable<ZoneRow, ZoneImage> master(int recent) {
        MasterTable<ZoneRow, ZoneImage> served = new MasterTable<>(TYPE, recent, 1000);
        served.whole(whole(0, List.of()));
        return served;
    }

    private static LoadedTable<ZoneRow, ZoneImage> whole(long revision, List<ZoneRow> rows) {
        TableLoad<ZoneRow, ZoneImage> load = new TableLoad<>(TYPE);
        rows.stream()
                .collect(Collectors.groupingBy(ZoneRow::owner))
                .forEach((owner, owned) -> load.add(owner, TYPE.text().rows(owned)));
        return load.finish(revision).toCompletableFuture().join();
    }

    private static List<TableStep<ZoneRow>> steps(
            List<List<Change<ZoneRow>>> history, int from, int to) {
        List<TableStep<ZoneRow>> steps = new ArrayList<>();
        for (int i = from; i < to; i++) {
            String text = TYPE.text().changes(history.get(i));
            steps.add(TableStep.of(TYPE.text(), new TableStore.Step(i + 1, text)));
        }
        return steps;
    }

    private static void assertSame(
            MasterTable<ZoneRow, ZoneImage> served, List<List<Change<ZoneRow>>> history) {
        ZoneImage expected = Rows.replayed(history);
        assertThat(served.image()).isEqualTo(expected);
        assertThat(served.revision()).isEqualTo(history.size());
        assertThat(served.digest()).isEqualTo(ImageDigest.of(TYPE, expected.rows()));
    }

    @Provide
    Arbitrary<List<List<Change<ZoneRow>>>> histories() {
        return Rows.commits().list().ofMinSize(1).ofMaxSize(12);
    }
}
