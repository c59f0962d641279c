package io.meridian.controlplane.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

class JsonDocumentTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void mesosDnsIndentsAsItsEncoderDoes() {
        JsonDocument document =
                JsonDocument.of(
                        JsonStyle.MESOS_DNS,
                        out -> {
                            out.writeStartObject();
                            out.writeArrayFieldStart("some");
                            out.writeString("a");
                            out.writeNumber(2);
                            out.writeEndArray();
                            out.writeArrayFieldStart("none");
                            out.writeEndArray();
                            out.writeObjectFieldStart("empty");
                            out.writeEndObject();
                            out.writeNullField("null");
                            out.writeEndObject();
                        });

        assertThat(text(document))
                .isEqualTo(
                        """
                        {
                          "some": [
                           "a",
                           2
                          ],
                          "none": [],
                          "empty": {},
                          "null": null
                         }\
                        """);
    }

    @Test
    void mesosDnsEscapesWhatItsEncoderEscapes() {
        String odd = "<b>&\u0001\u001f\b\f\n\r\t\"\\/é\u2028\u2029\u007f😀";

        assertThat(text(JsonDocument.of(JsonStyle.MESOS_DNS, out -> out.writeString(odd))))
                .isEqualTo(
                        "\"\\u003cb\\u003e\\u0026\\u0001\\u001f\\u0008\\u000c\\n\\r\\t\\\"\\\\/é"
                                + "\\u2028\\u2029\u007f😀\"");
    }

    @Test
    void dcosNetPutsEachElementOnItsLine() {
        assertThat(text(numbers(JsonStyle.COMPACT_LINES, 3))).isEqualTo("[0,\n1,\n2]");
        assertThat(text(numbers(JsonStyle.COMPACT, 3))).isEqualTo("[0,1,2]");
        assertThat(text(numbers(JsonStyle.COMPACT_LINES, 0))).isEqualTo("[]");
    }

    @Test
    void partsAreMadeWhenTheirPieceIsRead() {
        int all = 100_000;
        AtomicInteger made = new AtomicInteger();
        JsonDocument document =
                JsonDocument.array(
                        JsonStyle.COMPACT,
                        () -> IntStream.range(0, all).boxed().peek(_ -> made.incrementAndGet()),
                        (out, number) -> out.writeNumber(number));

        Iterator<byte[]> pieces = document.pieces();
        int first = pieces.next().length;

        assertThat(first).isBetween(JsonDocument.PIECE, JsonDocument.PIECE + 16);
        assertThat(made.get()).isLessThan(JsonDocument.PIECE);
        pieces.forEachRemaining(piece -> assertThat(piece).hasSizeLessThan(2 * JsonDocument.PIECE));
        assertThat(made).hasValue(all);
    }

    @ParameterizedTest
    @EnumSource(JsonStyle.class)
    void aDocumentCanBeReadTwice(JsonStyle style) {
        JsonDocument document = numbers(style, 10_000);

        assertThat(document.bytes()).isEqualTo(document.bytes());
    }

    @Property(tries = 300)
    void everyStyleParsesBack(@ForAll JsonStyle style, @ForAll @Size(max = 20) List<String> texts)
            throws IOException {
        List<String> valid =
                texts.stream()
                        .map(
                                text ->
                                        new String(
                                                text.getBytes(StandardCharsets.UTF_8),
                                                StandardCharsets.UTF_8))
                        .toList();
        JsonDocument document =
                JsonDocument.array(
                        style,
                        valid::stream,
                        (out, text) -> {
                            out.writeStartObject();
                            out.writeStringField("text", text);
                            out.writeEndObject();
                        });

        JsonNode read = JSON.readTree(document.bytes());

        assertThat(read.findValuesAsText("text")).isEqualTo(valid);
        assertThat(document.bytes()).isEqualTo(document.bytes());
    }

    private static JsonDocument numbers(JsonStyle style, int count) {
        return JsonDocument.array(
                style,
                () -> IntStream.range(0, count).boxed(),
                (out, number) -> out.writeNumber(number));
    }

    private static String text(JsonDocument document) {
        return new String(document.bytes(), StandardCharsets.UTF_8);
    }
}
