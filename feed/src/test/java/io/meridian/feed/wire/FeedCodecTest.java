package io.meridian.feed.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Rows;
import io.meridian.feed.TableType;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

class FeedCodecTest {
    private static final ZoneRow ROW =
            new ZoneRow("mesos", "web.marathon.mesos", RecordType.A, "192.0.2.7", "/web t1");

    private final FeedCodec<ZoneRow> codec = new FeedCodec<>(TableType.ZONE);

    private byte[] small() {
        return snapshot(List.of(ROW));
    }

    private byte[] snapshot(List<ZoneRow> rows) {
        return codec.snapshot(7, ImageDigest.of(TableType.ZONE, rows), rows);
    }

    /** Image files have this format, so a change needs a new version. */
    @Test
    void aSnapshotOfVersion1EqualsTheGoldenBytes() {
        assertThat(HexFormat.of().formatHex(small()))
                .isEqualTo(
                        "4d46" // MF
                                + "01" // version
                                + "01" // snapshot
                                + "01" // zone table
                                + "00" // plain
                                + "0000000000000007" // from
                                + "0000000000000007" // to
                                + "27c0428ae7bd97db"
                                + "0000002f" // bytes of the body
                                + hex("=/web t1\n+mesos\tweb.marathon.mesos\tA\t192.0.2.7\n")
                                + "59270a82");
    }

    @Test
    void changesOfVersion1EqualTheGoldenBytes() {
        String first = "=/web t1\n+mesos\tweb.mesos\tA\t192.0.2.7\n";
        String second = "=/web t1\n-mesos\tweb.mesos\tA\t192.0.2.7\n";
        assertThat(HexFormat.of().formatHex(codec.changes(5, 7, 0xabcdL, List.of(first, second))))
                .isEqualTo(
                        "4d46"
                                + "01"
                                + "02" // changes
                                + "01"
                                + "00"
                                + "0000000000000005"
                                + "0000000000000007"
                                + "000000000000abcd"
                                + "0000004c"
                                + hex(first)
                                + hex(second)
                                + "857203dc");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aNewerVersionIsNamedInTheError() {
        byte[] bytes = small();
        bytes[2] = 2;
        DamagedFrame damaged =
                catchThrowableOfType(
                        DamagedFrame.class, () -> codec.decode(FeedCodecLawTest.signed(bytes)));
        assertThat(damaged.fault()).isEqualTo(DamagedFrame.Fault.NEWER_VERSION);
        assertThat(damaged)
                .hasMessage("feed frame of version 2 is newer than this program knows (max 1)");
    }

    @Test
    void aFrameOfTheOtherTableIsRefused() {
        byte[] vips = new FeedCodec<>(TableType.VIP).unchanged(1, 0);
        assertThatThrownBy(() -> codec.decode(vips))
                .isInstanceOf(DamagedFrame.class)
                .hasMessageContaining("vip");
    }

    @Test
    void aLengthBeyondTheBytesAllocatesNothing() {
        byte[] bytes = snapshot(Rows.zones(0, 100));
        assertThat(bytes[5]).as("deflated").isEqualTo((byte) 1);
        ByteBuffer.wrap(bytes).putInt(30, (1 << 29) - 1);
        DamagedFrame damaged =
                catchThrowableOfType(
                        DamagedFrame.class, () -> codec.decode(FeedCodecLawTest.signed(bytes)));
        assertThat(damaged.fault()).isEqualTo(DamagedFrame.Fault.CONTENT);
    }

    @Test
    void repeatedTextIsCompressed() {
        byte[] bytes = snapshot(Rows.zones(0, 10_000));
        assertThat(bytes.length).isLessThan(10_000 * 20);
    }

    @Test
    void theEmptyTableRoundTrips() throws DamagedFrame {
        assertThat(codec.decode(snapshot(List.of()))).isEqualTo(Rows.snapshot(7, List.of()));
    }

    @Test
    void aSnapshotWithAnotherDigestIsRefused() {
        byte[] bytes = codec.snapshot(7, 4711, List.of(ROW));
        assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(DamagedFrame.class);
    }

    @Test
    void aSnapshotThatRemovesARowIsRefused() {
        byte[] bytes = codec.changes(6, 7, 0, List.of("=o\n-mesos\ta\tA\tx\n"));
        bytes[3] = 1;
        ByteBuffer.wrap(bytes).putLong(6, 7);
        assertThatThrownBy(() -> codec.decode(FeedCodecLawTest.signed(bytes)))
                .isInstanceOf(DamagedFrame.class);
    }
}
