package io.meridian.lb.marathon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.meridian.domain.lb.RefusedException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as plain values: text, {@link BigInteger}, {@link Double}, {@link Boolean}, {@link List} and
 * {@link Map}. Object members that are null are left out; null elements of lists stay.
 */
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private Json() {}

    /**
     * @throws RefusedException if the bytes are not one JSON value
     */
    static @Nullable Object read(byte[] bytes) throws RefusedException {
        try {
            return value(MAPPER.readTree(bytes));
        } catch (JsonProcessingException e) {
            throw new RefusedException("is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new RefusedException("cannot be read as text: " + e.getMessage());
        }
    }

    private static @Nullable Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                for (Map.Entry<String, JsonNode> member : node.properties()) {
                    Object value = value(member.getValue());
                    if (value != null) {
                        members.put(member.getKey(), value);
                    }
                }
                yield members;
            }
            case ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                node.forEach(element -> elements.add(value(element)));
                yield elements;
            }
            case BOOLEAN -> (Object) node.booleanValue();
            case NUMBER ->
                    node.isIntegralNumber() ? node.bigIntegerValue() : (Object) node.doubleValue();
            case STRING -> node.textValue();
            default -> null;
        };
    }

    /** The value as an object; empty if it is none. */
    static Map<String, Object> object(@Nullable Object value) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) -> members.put((String) key, member));
        }
        return members;
    }

    /** Member of an object, itself an object; empty if absent. */
    static Map<String, Object> object(Map<String, Object> parent, String name) {
        return object(parent.get(name));
    }

    /** Member of an object that is a list of objects; other elements are left out. */
    static List<Map<String, Object>> objects(Map<String, Object> parent, String name) {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Object element : list(parent, name)) {
            if (element instanceof Map) {
                objects.add(object(element));
            }
        }
        return objects;
    }

    /** Member of an object that is a list; empty if absent. */
    static List<@Nullable Object> list(Map<String, Object> parent, String name) {
        return parent.get(name) instanceof List<?> list ? new ArrayList<>(list) : List.of();
    }

    /** Numbers of that name in each of the objects that has one. */
    static List<Integer> numbers(List<Map<String, Object>> objects, String name)
            throws RefusedException {
        List<Integer> numbers = new ArrayList<>();
        for (Map<String, Object> object : objects) {
            Object number = object.get(name);
            if (number != null) {
                numbers.add(port(name, number));
            }
        }
        return numbers;
    }

    /**
     * Reads a port, a number or its text.
     *
     * @throws RefusedException if the value is outside 0 to 65535
     */
    static int port(String what, @Nullable Object value) throws RefusedException {
        if (value instanceof BigInteger number
                && number.signum() >= 0
                && number.bitLength() <= 16) {
            return number.intValue();
        }
        if (value instanceof String text && text.matches("[0-9]{1,5}")) {
            return port(what, new BigInteger(text));
        }
        throw new RefusedException(what + "=" + value + " is not a port from 0 to 65535");
    }

    /** Text member; null if absent or not text. */
    static @Nullable String text(Map<String, Object> parent, String name) {
        return parent.get(name) instanceof String text ? text : null;
    }
}
