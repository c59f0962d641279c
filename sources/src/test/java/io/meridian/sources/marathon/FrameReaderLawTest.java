package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class FrameReaderLawTest {
    /** Chunking: any split of the bytes gives the same frames. */
    @Property
    void framesDoNotDependOnTheSplitOfBytes(
            @ForAll("streams") String stream, @ForAll Random random) {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        FrameReader cut = new FrameReader(1 << 20);
        List<Frame> frames = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + random.nextInt(4));
            frames.addAll(cut.read(Arrays.copyOfRange(bytes, at, end)));
            at = end;
        }

        assertThat(frames).isEqualTo(new FrameReader(1 << 20).read(bytes));
    }

    /** Line ends: CR, LF and CRLF are equivalent. */
    @Property
    void framesDoNotDependOnTheLineEnd(@ForAll("streams") String stream) {
        String lf = stream.replace("\r\n", "\n").replace('\r', '\n');

        assertThat(FrameReaderTest.frames(lf.replace("\n", "\r\n")))
                .isEqualTo(FrameReaderTest.frames(lf));
        assertThat(FrameReaderTest.frames(lf.replace('\n', '\r')))
                .isEqualTo(FrameReaderTest.frames(lf));
    }

    @Provide
    Arbitrary<String> streams() {
        Arbitrary<String> piece =
                Arbitraries.of(
                        "event: status_update_event",
                        "event:x",
                        "data: {\"a\":\"\u00e9\u2013\ud83d\ude80\"}",
                        "data:",
                        "data",
                        "data: b",
                        ": comment",
                        "id: 7",
                        "\r\n",
                        "\r\n",
                        "\r\n\r\n",
                        "\r",
                        "\n",
                        "\n\n",
                        "\r\r",
                        "\n\r");
        return piece.list().ofMinSize(1).ofMaxSize(40).map(pieces -> String.join("", pieces));
    }
}
