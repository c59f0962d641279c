package io.meridian.feed.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Rows;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

class FeedCodecTest {
    private static final FeedFrame<ZoneRow> SMALL =
            new FeedFrame.Snapshot<>(
                    Table.ZONE,
                    7,
                    List.of(
                            new ZoneRow(
                                    "mesos",
                                    "web.marathon.mesos",
                                    RecordType.A,
                                    "192.0.2.7",
                                    "/web t1")));

    private final FeedCodec<ZoneRow> codec = new FeedCodec<>(TableType.ZONE);

    /**
     * Nodes keep files in this format, and old and new programs meet in one cluster: change the
     * version, not this.
     */
    @Test
    void version1IsWrittenAsItAlwaysWas() {
        assertThat(HexFormat.of().formatHex(codec.encode(SMALL)))
                .isEqualTo(
                        "4d46"
                                + "01"
                                + "01"
                                + "01"
                                + "00"
                                + "0000000000000007"
                                + "0000000000000007"
                                + "ca9826b08b5a25c4"
                                + "00000001"
                                + "00000000"
                                + "00000031"
                                + "04" // four texts
                                + "05"
                                + "6d65736f73" // mesos
                                + "12"
                                + "7765622e6d61726174686f6e2e6d65736f73" // web.marathon.mesos
                                + "09"
                                + "3139322e302e322e37" // 192.0.2.7
                                + "07"
                                + "2f776562207431" // /web t1
                                + "00"
                                + "01"
                                + "01"
                                + "02"
                                + "03" // zone, name, type A, data, owner
                                + "f25dbd63");
    }

    /** Files on nodes hold rows from before there were options; and those without any stay so. */
    @Test
    void backendsWithoutOptionsAreWrittenAsTheyAlwaysWere() throws DamagedFrame {
        FeedFrame<VipRow> frame =
                new FeedFrame.Snapshot<>(
                        Table.VIP, 7, List.of(Rows.backend(1, BackendState.SERVING)));
        FeedCodec<VipRow> vips = new FeedCodec<>(TableType.VIP);
        byte[] bytes = vips.encode(frame);

        assertThat(HexFormat.of().formatHex(bytes))
                .contains(
                        "03" // three texts
                                + "0d"
                                + "776562302e6d61726174686f6e" // web0.marathon
                                + "0b"
                                + "2f776562207461736b2d31" // /web task-1
                                + "07"
                                + "6167656e742d31" // agent-1
                                + "01" // a backend
                                + "00"
                                + "06"
                                + "50" // VIP: name, TCP, 80
                                + "04"
                                + "0a000101"
                                + "99f201"
                                + "06" // endpoint: 10.0.1.1, 31001, TCP
                                + "01"
                                + "02" // owner, agent
                                + "00" // no local endpoint
                                + "01"
                                + "01"); // serving, weight
        assertThat(vips.decode(bytes)).isEqualTo(frame);
    }

    @Test
    void aNewerVersionIsNamedAsSuch() {
        byte[] bytes = codec.encode(SMALL);
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
        byte[] vips =
                new FeedCodec<>(TableType.VIP)
                        .encode(new FeedFrame.Unchanged<VipRow>(Table.VIP, 1, 0));
        assertThatThrownBy(() -> codec.decode(vips))
                .isInstanceOf(DamagedFrame.class)
                .hasMessageContaining("vip");
    }

    @Test
    void aLengthThatTheBytesCannotHoldCostsNoMemory() {
        byte[] bytes = codec.encode(new FeedFrame.Snapshot<>(Table.ZONE, 7, Rows.zones(0, 100)));
        assertThat(bytes[5]).as("deflated").isEqualTo((byte) 1);
        ByteBuffer.wrap(bytes).putInt(30, Integer.MAX_VALUE).putInt(38, (1 << 29) - 1);
        DamagedFrame damaged =
                catchThrowableOfType(
                        DamagedFrame.class, () -> codec.decode(FeedCodecLawTest.signed(bytes)));
        assertThat(damaged.fault()).isEqualTo(DamagedFrame.Fault.CONTENT);
    }

    @Test
    void rowsThatRepeatTextAreSmall() {
        byte[] bytes = codec.encode(new FeedFrame.Snapshot<>(Table.ZONE, 7, Rows.zones(0, 10_000)));
        assertThat(bytes.length).isLessThan(10_000 * 20);
    }

    @Test
    void theEmptyTableIsAFrameToo() throws DamagedFrame {
        FeedFrame<ZoneRow> empty = new FeedFrame.Snapshot<>(Table.ZONE, 0, List.of());
        assertThat(codec.decode(codec.encode(empty))).isEqualTo(empty);
    }
}
