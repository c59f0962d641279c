package io.meridian.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.text.StorableText;

import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Documents with arbitrary values at arbitrary places, and the check of what is made of them. */
public final class ArbitraryJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ArbitraryJson() {}

    /** Replaces, adds or removes up to five values of a document, in place. */
    public static JsonNode changed(JsonNode document, Random random) {
        for (int i = random.nextInt(6); i > 0; i--) {
            change(document, random);
        }
        return document;
    }

    private static void change(JsonNode document, Random random) {
        List<JsonNode> containers = new ArrayList<>();
        collect(document, containers);
        switch (containers.get(random.nextInt(containers.size()))) {
            case ObjectNode object -> {
                List<String> fields = new ArrayList<>();
                object.fieldNames().forEachRemaining(fields::add);
                if (fields.isEmpty() || random.nextInt(10) == 0) {
                    object.set("VIP_" + text(random), value(random));
                } else {
                    String field = fields.get(random.nextInt(fields.size()));
                    if (random.nextInt(10) == 0) {
                        object.remove(field);
                    } else {
                        object.set(field, value(random));
                    }
                }
            }
            case ArrayNode array when array.isEmpty() || random.nextInt(4) == 0 ->
                    array.add(value(random));
            case ArrayNode array -> array.set(random.nextInt(array.size()), value(random));
            default -> throw new IllegalStateException();
        }
    }

    private static void collect(JsonNode node, List<JsonNode> into) {
        if (node.isContainerNode()) {
            into.add(node);
            node.forEach(child -> collect(child, into));
        }
    }

    private static JsonNode value(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.numberNode(random.nextInt(200_000) - 50_000);
            case 2 -> NODES.numberNode(random.nextGaussian() * 1e30);
            case 3 -> NODES.booleanNode(random.nextBoolean());
            case 4 -> NODES.arrayNode().add(text(random));
            case 5 -> NODES.objectNode().put(text(random), text(random));
            default -> NODES.textNode(text(random));
        };
    }

    /** A text of any characters, sometimes longer than any bound. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(20) == 0 ? 3000 : random.nextInt(12);
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(8)) {
                case 0 -> text.append((char) random.nextInt(0x20));
                case 1 -> text.append((char) (0xD800 + random.nextInt(0x800)));
                case 2 -> text.appendCodePoint(random.nextInt(0x110000));
                case 3 -> text.append("/.:,_-[]%".charAt(random.nextInt(9)));
                default -> text.append((char) ('a' + random.nextInt(26)));
            }
        }
        return text.toString();
    }

    /**
     * Fails if any text in a value, of records and collections, is none that the journal can hold.
     */
    public static void assertStorable(Object value, String when) {
        switch (value) {
            case String text -> {
                if (StorableText.fault(text, Integer.MAX_VALUE).isPresent()) {
                    throw new AssertionError(when + ": " + text);
                }
            }
            case Map<?, ?> map ->
                    map.forEach(
                            (key, one) -> {
                                assertStorable(key, when);
                                assertStorable(one, when);
                            });
            case Collection<?> all -> all.forEach(one -> assertStorable(one, when));
            case Optional<?> one -> one.ifPresent(present -> assertStorable(present, when));
            case Instant _, Enum<?> _, Boolean _, Number _, IpAddress _ -> {}
            case Record record -> {
                for (RecordComponent component : record.getClass().getRecordComponents()) {
                    Object part = part(record, component);
                    if (part != null) {
                        assertStorable(part, when);
                    }
                }
            }
            default -> assertStorable(value.toString(), when);
        }
    }

    private static Object part(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
