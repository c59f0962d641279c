package io.meridian.lb.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.domain.lb.RefusedException;
import io.meridian.lb.Vectors;
import io.meridian.testkit.NeedsSharedFixtures;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Templates: substitution and options, as recorded from Marathon-LB. */
@NeedsSharedFixtures
class SharedTemplateVectorsTest {
    static Stream<JsonNode> substitutions() {
        return Vectors.of("template-substitution");
    }

    @ParameterizedTest
    @MethodSource("substitutions")
    void fieldsAreReplacedAsPythonDoes(JsonNode vector) throws RefusedException {
        Map<String, @Nullable Object> variables = new HashMap<>();
        Vectors.file("template-substitution")
                .path("variables")
                .properties()
                .forEach(
                        m ->
                                variables.put(
                                        m.getKey(),
                                        m.getValue().isNull()
                                                ? null
                                                : Vectors.plain(m.getValue())));
        String template = vector.path("input").textValue();
        if (Vectors.fails(vector)) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> PythonFormat.format(template, variables));
        } else {
            assertThat(PythonFormat.format(template, variables))
                    .isEqualTo(vector.path("output").textValue());
        }
    }

    static Stream<JsonNode> options() {
        return Vectors.of("global-options");
    }

    @ParameterizedTest
    @MethodSource("options")
    void optionsAreTrimmedSortedAndUnique(JsonNode vector) throws RefusedException {
        Map<String, String> environment =
                vector.path("input").isNull()
                        ? Map.of()
                        : Map.of(
                                "HAPROXY_GLOBAL_DEFAULT_OPTIONS", vector.path("input").textValue());
        String head =
                Templates.of(environment, Map.of(), false).global(TemplateName.HEAD, Map.of());
        assertThat(head)
                .contains("tarpit          60s\n" + vector.path("output").textValue() + "listen");
    }
}
