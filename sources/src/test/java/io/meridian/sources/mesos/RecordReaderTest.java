package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.sources.http.RequestFailedException;
import io.meridian.sources.json.Json;
import io.meridian.sources.marathon.Fixtures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

class RecordReaderTest {
    @Test
    void theVectorsGiveTheirRecords() {
        List<Json> vectors = Fixtures.json("mesos/recordio-vectors.json").at("vectors").items();
        assertThat(vectors).hasSize(6);
        for (Json vector : vectors) {
            RecordReader reader = new RecordReader(1 << 20);
            List<String> types = new ArrayList<>();
            boolean failed = false;
            try {
                for (byte[] chunk : chunks(vector)) {
                    for (byte b :
                            chunk) { // byte by byte, to see the complete records before an error
                        for (byte[] record : reader.read(new byte[] {b})) {
                            types.add(MessageReader.read(record).type());
                        }
                    }
                }
            } catch (RequestFailedException e) {
                failed = true;
            }
            String name = vector.at("name").text();
            assertThat(types).as(name).isEqualTo(vector.at("expect").items(Json::text));
            assertThat(failed).as(name).isEqualTo(!vector.at("expect_error").isAbsent());
            assertThat(reader.isInsideRecord()).as(name).isEqualTo(!vector.at("eof").isAbsent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "x", "-1\n", "1 \n", " 1\n", "0x1\n", "1\r\n", "+1\n"})
    void anInvalidLengthEndsTheStream(String text) {
        RecordReader reader = new RecordReader(1 << 20);
        assertThatThrownBy(() -> reader.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RequestFailedException.class)
                .hasMessageContaining("RecordIO");
    }

    @Test
    void aLengthBeyondTheLimitEndsTheStreamBeforeItsBytesCome() {
        assertThat(new RecordReader(100).read("100\n".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThatThrownBy(() -> new RecordReader(100).read("101".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RequestFailedException.class)
                .hasMessageContaining("records.max-size = 100 bytes");
        assertThatThrownBy(
                        () ->
                                new RecordReader(100)
                                        .read("0".repeat(30).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RequestFailedException.class);
    }

    private static List<byte[]> chunks(Json vector) {
        return vector.at("chunks").isAbsent()
                ? vector.at("chunks_base64")
                        .items(c -> Base64.getDecoder().decode(c.node().textValue()))
                : vector.at("chunks")
                        .items(c -> c.node().textValue().getBytes(StandardCharsets.UTF_8));
    }
}
