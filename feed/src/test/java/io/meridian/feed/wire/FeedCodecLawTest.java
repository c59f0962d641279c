package io.meridian.feed.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Delta;
import io.meridian.feed.Rows;
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
    void zoneFramesSurviveTheWire(@ForAll("zoneFrames") FeedFrame<ZoneRow> frame)
            throws DamagedFrame {
        assertThat(zones.decode(zones.encode(frame))).isEqualTo(frame);
    }

    @Property
    void vipFramesSurviveTheWire(@ForAll("vipFrames") FeedFrame<VipRow> frame) throws DamagedFrame {
        assertThat(vips.decode(vips.encode(frame))).isEqualTo(frame);
    }

    @Property
    void theOrderOfRowsIsNotInTheBytes(
            @ForAll("zoneFrames") FeedFrame<ZoneRow> frame, @ForAll Random random) {
        assertThat(zones.encode(shuffled(frame, random))).isEqualTo(zones.encode(frame));
    }

    @Property
    void anyBytesAreAFrameOrDamaged(@ForAll byte[] bytes) {
        assertThat(catchThrowable(() -> zones.decode(bytes))).isInstanceOf(DamagedFrame.class);
    }

    /** The checksum made right again, so that the reader behind it has to defend itself. */
    @Property(tries = 5000)
    void aForgedFrameIsReadOrRefused(
            @ForAll("vipFrames") FeedFrame<VipRow> frame, @ForAll Random random) {
        byte[] forged = vips.encode(frame);
        for (int i = 0; i <= random.nextInt(4); i++) {
            forged[2 + random.nextInt(forged.length - 6)] = (byte) random.nextInt();
        }
        Throwable thrown = catchThrowable(() -> vips.decode(signed(forged)));
        if (thrown != null) {
            assertThat(thrown).isInstanceOf(DamagedFrame.class);
        }
    }

    @Property(tries = 200)
    void noChangedBitGoesUnseen(
            @ForAll("zoneFrames") FeedFrame<ZoneRow> frame, @ForAll Random random) {
        byte[] bytes = zones.encode(frame);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        assertThat(catchThrowable(() -> zones.decode(bytes))).isInstanceOf(DamagedFrame.class);
    }

    static byte[] signed(byte[] frame) {
        CRC32C crc = new CRC32C();
        crc.update(frame, 0, frame.length - 4);
        return ByteBuffer.wrap(frame).putInt(frame.length - 4, (int) crc.getValue()).array();
    }

    private static FeedFrame<ZoneRow> shuffled(FeedFrame<ZoneRow> frame, Random random) {
        return switch (frame) {
            case FeedFrame.Snapshot<ZoneRow> s ->
                    new FeedFrame.Snapshot<>(s.table(), s.revision(), shuffled(s.rows(), random));
            case FeedFrame.Changes<ZoneRow> c ->
                    new FeedFrame.Changes<>(
                            c.table(), c.from(), c.to(), c.digest(), shuffled(c.changes(), random));
            case FeedFrame.Unchanged<ZoneRow> u -> u;
        };
    }

    private static <T> List<T> shuffled(List<T> list, Random random) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
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
                revisions.flatMap(
                        at -> lists.map(list -> new FeedFrame.Snapshot<>(type.table(), at, list)));
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
                .withoutEdgeCases(); // their number explodes
    }
}
