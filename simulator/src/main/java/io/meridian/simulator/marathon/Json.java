package io.meridian.simulator.marathon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;

/** JSON trees in Marathon's form: keys keep their order, no whitespace. */
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Json() {}

    public static ObjectNode object() {
        return NODES.objectNode();
    }

    public static ArrayNode array() {
        return NODES.arrayNode();
    }

    public static ArrayNode strings(Collection<String> values) {
        ArrayNode array = array();
        values.forEach(array::add);
        return array;
    }

    /**
     * @throws JsonProcessingException if the text is not one JSON value
     */
    public static JsonNode read(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }

    /** Reads JSON that is known to be valid: of this program or a recording. */
    public static JsonNode readTrusted(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (IOException fault) {
            throw new UncheckedIOException("cannot read JSON of " + bytes.length + " bytes", fault);
        }
    }

    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    public static String text(JsonNode node) {
        return node.toString();
    }

    /**
     * A copy where whole decimals lose their fraction. Marathon prints {@code 32.0} in REST answers
     * and {@code 32} in events and pod statuses (two JSON libraries); the simulator does the same.
     */
    public static JsonNode compactNumbers(JsonNode node) {
        if (node.isObject()) {
            ObjectNode copy = object();
            node.properties()
                    .forEach(entry -> copy.set(entry.getKey(), compactNumbers(entry.getValue())));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = array();
            node.forEach(element -> copy.add(compactNumbers(element)));
            return copy;
        }
        if (node.isDouble() && node.doubleValue() == Math.rint(node.doubleValue())) {
            return NODES.numberNode(node.longValue());
        }
        return node;
    }
}
