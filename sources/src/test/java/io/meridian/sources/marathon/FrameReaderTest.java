package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.meridian.sources.http.RequestFailedException;
import io.meridian.sources.json.Json;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

class FrameReaderTest {
    @Test
    void aHeartbeatWithSplitCrAndLfIsNoFrame() {
        assertThat(
                        frames(
                                "event: a\r\ndata: 1\r\n\r\n",
                                "\r",
                                "\n",
                                "\r",
                                "\nevent: b\r\ndata: 2\r\n\r\n"))
                .containsExactly(new Frame("a", "1"), new Frame("b", "2"));
    }

    @Test
    void aCrAloneEndsALine() {
        assertThat(frames("event: a\rdata: 1\r\r", "data: 2\r\r"))
                .containsExactly(new Frame("a", "1"), new Frame("message", "2"));
    }

    @Test
    void anIncompleteEventAtTheEndIsNotDelivered() {
        assertThat(frames("data: 1\n\n", "event: x\ndata: 2\n"))
                .containsExactly(new Frame("message", "1"));
    }

    @Test
    void dataLinesAreJoinedAndEmptyEventsSkipped() {
        assertThat(frames(": ping\n\nevent: empty\n\nevent:x\ndata:a\ndata: b\ndata\n\ndata\n\n"))
                .containsExactly(new Frame("x", "a\nb\n"));
    }

    @Test
    void aByteOrderMarkIsSkippedOnce() {
        assertThat(frames("\ufeffdata: 1\n\n")).containsExactly(new Frame("message", "1"));
        assertThat(frames("data: 1\n\n\ufeffdata: 2\n\n"))
                .containsExactly(new Frame("message", "1"));
    }

    @Test
    void anEventAboveTheLimitIsRefusedBelowItIsRead() {
        String data = "data: " + "x".repeat(900) + "\n\n";
        assertThat(new FrameReader(1000).read(data.getBytes(StandardCharsets.UTF_8))).hasSize(1);
        assertThatThrownBy(() -> new FrameReader(500).read(data.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RequestFailedException.class)
                .hasMessageContaining("500 bytes");
    }

    @Test
    void theLimitHoldsAcrossDataLines() {
        FrameReader reader = new FrameReader(1000);
        byte[] line = ("data: " + "x".repeat(400) + "\n").getBytes(StandardCharsets.UTF_8);
        reader.read(line);
        reader.read(line);
        assertThatThrownBy(() -> reader.read(line)).isInstanceOf(RequestFailedException.class);
    }

    @TestFactory
    Stream<DynamicTest> sharedVectors() {
        return Fixtures.json("marathon/events/sse-framing-vectors.json")
                .at("vectors")
                .items()
                .stream()
                .map(
                        vector ->
                                dynamicTest(
                                        vector.at("name").text(),
                                        () -> {
                                            FrameReader reader = new FrameReader(1 << 20);
                                            List<String> types = new ArrayList<>();
                                            for (byte[] chunk : chunks(vector)) {
                                                reader.read(chunk)
                                                        .forEach(
                                                                frame ->
                                                                        types.add(
                                                                                EventReader.read(
                                                                                                frame)
                                                                                        .type()));
                                            }
                                            assertThat(types)
                                                    .isEqualTo(
                                                            vector.at("expect").items(Json::text));
                                        }));
    }

    private static List<byte[]> chunks(Json vector) {
        return vector.at("chunks").isAbsent()
                ? vector.at("chunks_base64")
                        .items(chunk -> Base64.getDecoder().decode(chunk.node().textValue()))
                : vector.at("chunks")
                        .items(chunk -> chunk.node().textValue().getBytes(StandardCharsets.UTF_8));
    }

    static List<Frame> frames(String... chunks) {
        FrameReader reader = new FrameReader(1 << 20);
        List<Frame> frames = new ArrayList<>();
        for (String chunk : chunks) {
            frames.addAll(reader.read(chunk.getBytes(StandardCharsets.UTF_8)));
        }
        return frames;
    }
}
