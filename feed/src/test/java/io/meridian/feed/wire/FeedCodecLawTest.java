package io.meridian.feed.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Delta;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Rows;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

class FeedCodecLawTest {
    private final FeedCodec<ZoneRow> zones = new FeedCodec<>(TableType.ZONE);
    private final FeedCodec<VipRow> vips = new FeedCodec<>(TableType.VIP);

    @Property
    void zoneFramesRoundTrip(@ForAll("zoneFrames") FeedFrame<ZoneRow> frame) throws DamagedFrame {
        assertThat(zones.decode(encoded(zones, TableType.ZONE, frame))).isEqualTo(frame);
    }

    @Property
    void vipFramesRoundTrip(@ForAll("vipFrames") FeedFrame<VipRow> frame) throws DamagedFrame {
        assertThat(vips.decode(encoded(vips, TableType.VIP, frame))).isEqualTo(frame);
    }

    @Property
    void equalTablesGiveEqualBytes(@ForAll("zoneRows") List<ZoneRow> rows, @ForAll Random random)
            throws DamagedFrame {
        List<ZoneRow> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, random);
        assertThat(snapshot(shuffled)).isEqualTo(snapshot(rows));
        assertThat(image(zones.decode(snapshot(shuffled)))).isEqualTo(TableType.ZONE.image(rows));
    }

    private byte[] snapshot(List<ZoneRow> rows) {
        ZoneImage image = TableType.ZONE.image(rows);
        return zones.snapshot(7, ImageDigest.of(TableType.ZONE, image.rows()), image.rows());
    }

    private static ZoneImage image(FeedFrame<ZoneRow> frame) {
        return TableType.ZONE.image(((FeedFrame.Snapshot<ZoneRow>) frame).rows());
    }

    /** A master forwards the texts of several steps without reading them. */
    @Property
    void consecutiveStepsAreOneFrame(@ForAll("commits") List<List<Change<ZoneRow>>> steps)
            throws DamagedFrame {
        List<String> texts = steps.stream().map(TableType.ZONE.text()::changes).toList();
        List<Change<ZoneRow>> all = steps.stream().flatMap(List::stream).toList();
        assertThat(zones.decode(zones.changes(3, 9, 4711, texts)))
                .isEqualTo(new FeedFrame.Changes<>(Table.ZONE, 3, 9, 4711, all));
    }

    @Property
    void anyBytesAreAFrameOrDamaged(@ForAll byte[] bytes) {
        assertThat(catchThrowable(() -> zones.decode(bytes))).isInstanceOf(DamagedFrame.class);
    }

    /** Changes a frame and corrects its checksum, so that the decoder must detect the damage. */
    @Property(tries = 5000)
    void aForgedFrameIsReadOrRefused(
            @ForAll("vipFrames") FeedFrame<VipRow> frame, @ForAll Random random) {
        byte[] forged = encoded(vips, TableType.VIP, frame);
        for (int i = 0; i <= random.nextInt(4); i++) {
            forged[2 + random.nextInt(forged.length - 6)] = (byte) random.nextInt();
        }
        Throwable thrown = catchThrowable(() -> vips.decode(signed(forged)));
        if (thrown != null) {
            assertThat(thrown).isInstanceOf(DamagedFrame.class);
        }
    }

    @Property(tries = 200)
    void everyFlippedBitIsDetected(
            @ForAll("zoneFrames") FeedFrame<ZoneRow> frame, @ForAll Random random) {
        byte[] bytes = encoded(zones, TableType.ZONE, frame);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        assertThat(catchThrowable(() -> zones.decode(bytes))).isInstanceOf(DamagedFrame.class);
    }

    static byte[] signed(byte[] frame) {
        CRC32C crc = new CRC32C();
        crc.update(frame, 0, frame.length - 4);
        return ByteBuffer.wrap(frame).putInt(frame.length - 4, (int) crc.getValue()).array();
    }

    private static <R extends Row> byte[] encoded(
            FeedCodec<R> codec, TableType<R, ?> type, FeedFrame<R> frame) {
        return switch (frame) {
            case FeedFrame.Snapshot<R> s -> codec.snapshot(s.revision(), s.digest(), s.rows());
            case FeedFrame.Changes<R> c ->
                    codec.changes(
                            c.from(),
                            c.to(),
                            c.digest(),
                            List.of(type.text().changes(c.changes())));
            case FeedFrame.Unchanged<R> u -> codec.unchanged(u.revision(), u.digest());
        };
    }

    @Provide
    Arbitrary<List<ZoneRow>> zoneRows() {
        return Arbitraries.oneOf(Rows.zoneRows(), Rows.wildZoneRows()).list().ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<List<Change<ZoneRow>>>> commits() {
        return Rows.commits().list().ofMaxSize(5);
    }

    @Provide
    Arbitrary<FeedFrame<ZoneRow>> zoneFrames() {
        return frames(TableType.ZONE, Arbitraries.oneOf(Rows.zoneRows(), Rows.wildZoneRows()));
    }

    @Provide
    Arbitrary<FeedFrame<VipRow>> vipFrames() {
        return frames(TableType.VIP, Rows.vipRows());
    }

    private static <R extends Row> Arbitrary<FeedFrame<R>> frames(
            TableType<R, ?> type, Arbitrary<R> rows) {
        Arbitrary<Long> revisions = Arbitraries.longs().between(0, Long.MAX_VALUE - 1000);
        Arbitrary<List<R>> lists =
                rows.set().ofMaxSize(40).map(set -> set.stream().sorted(type.order()).toList());
        Arbitrary<FeedFrame<R>> snapshots =
                revisions.flatMap(at -> lists.map(list -> Rows.snapshot(type, at, list)));
        Arbitrary<FeedFrame<R>> changes =
                revisions.flatMap(
                        from ->
                                lists.flatMap(
                                        added ->
                                                lists.map(
                                                        removed -> {
                                                            List<Change<R>> all =
                                                                    new ArrayList<>(
                                                                            Delta.all(added));
                                                            removed.stream()
                                                                    .filter(
                                                                            row ->
                                                                                    !new HashSet<>(
                                                                                                    added)
                                                                                            .contains(
                                                                                                    row))
                                                                    .forEach(
                                                                            row ->
                                                                                    all.add(
                                                                                            Change
                                                                                                    .remove(
                                                                                                            row)));
                                                            return new FeedFrame.Changes<>(
                                                                    type.table(),
                                                                    from,
                                                                    from + 1 + added.size(),
                                                                    added.hashCode(),
                                                                    all);
                                                        })));
        Arbitrary<FeedFrame<R>> unchanged =
                revisions.map(at -> new FeedFrame.Unchanged<R>(type.table(), at, 31 * at));
        return Arbitraries.oneOf(snapshots, changes, unchanged)
                .withoutEdgeCases(); // the combinations would be too many
    }
}
