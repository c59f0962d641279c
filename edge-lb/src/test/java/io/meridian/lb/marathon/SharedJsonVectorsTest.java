package io.meridian.lb.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.meridian.domain.lb.RefusedException;
import io.meridian.lb.Vectors;
import io.meridian.testkit.NeedsSharedFixtures;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** JSON without null members, as recorded from Marathon-LB. */
@NeedsSharedFixtures
class SharedJsonVectorsTest {
    static Stream<JsonNode> documents() {
        return Vectors.of("json-null-cleanup");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void nullMembersAreLeftOutAndNullElementsStay(JsonNode vector) throws RefusedException {
        Object read = Json.read(vector.path("input").toString().getBytes(StandardCharsets.UTF_8));
        JsonNode written = new JsonMapper().valueToTree(read);
        assertThat(written.toString()).isEqualTo(vector.path("output").toString());
    }
}
