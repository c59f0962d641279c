package io.meridian.lb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.meridian.testkit.Fixtures;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Recorded inputs and outputs of Marathon-LB's functions. */
public final class Vectors {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Vectors() {}

    /** The whole file. */
    public static JsonNode file(String name) {
        try {
            return MAPPER.readTree(
                    Fixtures.shared("marathon-lb/vectors/" + name + ".json").toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The vectors of a file: objects with {@code input} and {@code output}. */
    public static Stream<JsonNode> of(String name) {
        return StreamSupport.stream(file(name).path("vectors").spliterator(), false);
    }

    /** Reports whether Marathon-LB throws for this vector. */
    public static boolean fails(JsonNode vector) {
        return vector.path("output").has("error");
    }

    /** A JSON value as plain Java values. */
    public static Object plain(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> members = new LinkedHashMap<>();
            node.properties().forEach(m -> members.put(m.getKey(), plain(m.getValue())));
            return members;
        }
        if (node.isArray()) {
            List<Object> elements = new ArrayList<>();
            node.forEach(element -> elements.add(plain(element)));
            return elements;
        }
        if (node.isNumber()) {
            return node.isIntegralNumber() ? node.bigIntegerValue() : (Object) node.doubleValue();
        }
        return node.isBoolean() ? (Object) node.booleanValue() : node.asText();
    }

    /** Numbers of a JSON list. */
    public static List<BigInteger> integers(JsonNode list) {
        List<BigInteger> integers = new ArrayList<>();
        list.forEach(element -> integers.add(element.bigIntegerValue()));
        return integers;
    }

    /** Texts of a JSON list. */
    public static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(element -> texts.add(element.textValue()));
        return texts;
    }

    /** A document of apps as bytes. */
    public static byte[] document(JsonNode apps) {
        return MAPPER.createObjectNode()
                .set("apps", apps)
                .toString()
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /** A document of one app as bytes. */
    public static byte[] documentOf(JsonNode app) {
        return document(MAPPER.createArrayNode().add(app));
    }
}
