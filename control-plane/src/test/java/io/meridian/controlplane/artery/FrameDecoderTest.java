package io.meridian.controlplane.artery;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class FrameDecoderTest {
    private static final int MAX = 512 << 10;
    private static final int MAX_LARGE = 2 << 20;

    private final FrameDecoder decoder = new FrameDecoder(MAX, MAX_LARGE);

    private static byte[] header(int stream) {
        return new byte[] {'A', 'K', 'K', 'A', (byte) stream};
    }

    private static byte[] length(int length) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array();
    }

    private List<byte[]> decode(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return decoder.decode(ByteBuffer.wrap(all.toByteArray()));
    }

    @Property(tries = 300)
    void chunkingChangesNoFrame(
            @ForAll @IntRange(min = 1, max = 3) int stream,
            @ForAll @Size(max = 8) List<@IntRange(min = 28, max = 5000) Integer> lengths,
            @ForAll @LongRange(min = 0) long seed) {
        Random random = new Random(seed);
        List<byte[]> sent = new ArrayList<>();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(header(stream));
        for (int length : lengths) {
            byte[] frame = new byte[length];
            random.nextBytes(frame);
            sent.add(frame);
            all.writeBytes(length(length));
            all.writeBytes(frame);
        }
        ByteBuffer input = ByteBuffer.wrap(all.toByteArray());
        FrameDecoder fresh = new FrameDecoder(MAX, MAX_LARGE);
        List<byte[]> read = new ArrayList<>();
        while (input.hasRemaining()) {
            int chunk = Math.min(input.remaining(), 1 + random.nextInt(700));
            read.addAll(fresh.decode(input.slice(input.position(), chunk)));
            input.position(input.position() + chunk);
        }
        assertThat(fresh.refusal()).isEmpty();
        assertThat(fresh.streamId()).isEqualTo(stream);
        assertThat(read).usingElementComparator(java.util.Arrays::compare).isEqualTo(sent);
    }

    @ParameterizedTest
    @CsvSource({
        // stream, frame length, maximum of the stream
        "1, -4, 524288",
        "2, -4, 524288",
        "3, -4, 2097152",
        "1, -1, 524288",
        "1, -2147483648, 524288",
        "1, 0, 524288",
        "1, 27, 524288",
        "1, 524289, 524288",
        "2, 524289, 524288",
        "3, 2097153, 2097152",
        "1, 2147483647, 524288",
        "3, 2147483647, 2097152"
    })
    void aLengthThatNoNodeSendsIsRefused(int stream, int length, int max) {
        assertThat(decode(header(stream), length(length))).isEmpty();
        assertThat(decoder.refusal())
                .contains(
                        "stream=%d frame_length=%d must be 28 to %d"
                                .formatted(stream, length, max));
        assertThat(decode(length(28), new byte[28])).as("after the refusal").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 28", "1, 524288", "2, 524288", "3, 524289", "3, 2097152"})
    void everyLengthThatArteryMaySendIsRead(int stream, int length) {
        assertThat(decode(header(stream), length(length), new byte[length]))
                .singleElement()
                .satisfies(frame -> assertThat(frame).hasSize(length));
        assertThat(decoder.refusal()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1", "akka\u0001", "AKKB\u0001", "\u0016\u0003\u0001aa"})
    void aConnectionOfAnotherProtocolIsRefused(String text) {
        assertThat(decode(text.getBytes(StandardCharsets.ISO_8859_1))).isEmpty();
        assertThat(decoder.refusal()).contains("the connection does not begin with \"AKKA\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 127, 128, 255})
    void aStreamThatArteryDoesNotHaveIsRefused(int stream) {
        assertThat(decode(header(stream))).isEmpty();
        assertThat(decoder.refusal()).contains("stream=" + (byte) stream + " must be 1 to 3");
    }

    @Test
    void framesBeforeARefusalAreKept() {
        assertThat(decode(header(2), length(28), new byte[28], length(-4))).hasSize(1);
        assertThat(decoder.refusal()).isPresent();
    }

    /**
     * If the decoder allocated announced lengths, 2,000 connections that announce 2 MiB would take
     * 4 GB.
     */
    @Test
    void anAnnouncedLengthAllocatesNothing() {
        List<FrameDecoder> strangers = new ArrayList<>();
        long before = allocated();
        for (int i = 0; i < 2000; i++) {
            FrameDecoder stranger = new FrameDecoder(MAX, MAX_LARGE);
            stranger.decode(ByteBuffer.wrap(header(3)));
            stranger.decode(ByteBuffer.wrap(length(MAX_LARGE)));
            stranger.decode(ByteBuffer.wrap(new byte[10]));
            strangers.add(stranger);
        }
        assertThat(allocated() - before).isLessThan(16 << 20);
        assertThat(strangers).allSatisfy(one -> assertThat(one.refusal()).isEmpty());
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean)
                        java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
