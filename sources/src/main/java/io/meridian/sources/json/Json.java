package io.meridian.sources.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.text.StorableText;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A JSON value with its path in the document. A missing field and {@code null} are the same; unread
 * fields are ignored.
 *
 * @param path of the value from the document's root, such as {@code
 *     $.tasks[0].ipAddresses[0].ipAddress}
 */
public record Json(JsonNode node, String path) {
    private static final int SHOWN = 60;

    public static Json root(JsonNode node) {
        return new Json(node, "$");
    }

    public Json at(String field) {
        JsonNode child = node.get(field);
        return new Json(child == null ? MissingNode.getInstance() : child, path + "." + field);
    }

    public boolean isAbsent() {
        return node.isMissingNode() || node.isNull();
    }

    /** Whether the value is an empty array or object, or absent. */
    public boolean isEmpty() {
        return isAbsent() || node.isContainerNode() && node.isEmpty();
    }

    /**
     * The string, as {@link StorableText#of} keeps it; a missing or other value throws. Not for
     * identifiers.
     */
    public String text() {
        return StorableText.of(verbatim(), StorableText.MAX_NAME);
    }

    /** As {@link #text()}; an empty string throws too. */
    public String name() {
        String text = text();
        if (text.isEmpty()) {
            throw wrong("must not be empty");
        }
        return text;
    }

    /**
     * The string, as an identifier; a missing, empty or other value throws.
     *
     * @throws RefusedId if the domain cannot hold the string
     */
    public String id() {
        return id(verbatim(), StorableText.MAX_ID);
    }

    /** As {@link #id()}, for the id of an app, pod or group; adds a missing leading slash. */
    public String pathId() {
        String path = verbatim();
        return path.isEmpty() || path.startsWith("/")
                ? id(path, StorableText.MAX_PATH)
                : id("/" + path, StorableText.MAX_PATH);
    }

    private String id(String text, int maxBytes) {
        if (text.isEmpty()) {
            throw wrong("must not be empty");
        }
        StorableText.fault(text, maxBytes)
                .ifPresent(
                        fault -> {
                            throw new RefusedId(path, shown() + " " + fault);
                        });
        return text;
    }

    private String verbatim() {
        if (!node.isTextual()) {
            throw wrong("is not a string");
        }
        return node.textValue();
    }

    public String textOr(String absent) {
        return isAbsent() ? absent : text();
    }

    /** The whole number, written {@code 80} or {@code 80.0}; a missing or other value throws. */
    public int integer(int min, int max) {
        if (!node.isNumber() || node.doubleValue() != Math.rint(node.doubleValue())) {
            throw wrong("is not a whole number");
        }
        double value = node.doubleValue();
        if (value < min || value > max) {
            throw wrong("must be between " + min + " and " + max);
        }
        return (int) value;
    }

    public boolean flag() {
        if (!node.isBoolean()) {
            throw wrong("is not true or false");
        }
        return node.booleanValue();
    }

    /**
     * The time that an ISO date with offset names, truncated to milliseconds: Marathon prints one
     * version with three digits or with nine.
     */
    public Instant instant() {
        String text = text();
        try {
            return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException e) {
            throw wrong("is not a date and time");
        }
    }

    public Instant instantOr(Instant absent) {
        return isAbsent() ? absent : instant();
    }

    public IpAddress address() {
        return IpAddress.parse(text()).orElseThrow(() -> wrong("is not an address"));
    }

    /** The elements of an array; none if the value is absent. */
    public List<Json> items() {
        if (isAbsent()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw wrong("is not an array");
        }
        List<Json> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(new Json(node.get(i), path + "[" + i + "]"));
        }
        return items;
    }

    public <T> List<T> items(Function<Json, T> read) {
        return items().stream().map(read).toList();
    }

    /** The field names of an object, in document order; none if the value is absent. */
    public List<String> fields() {
        if (isAbsent()) {
            return List.of();
        }
        return object().node.propertyStream().map(java.util.Map.Entry::getKey).toList();
    }

    /** This value, if it is an object; any other value throws. */
    public Json object() {
        if (!node.isObject()) {
            throw wrong("is not an object");
        }
        return this;
    }

    /** The exception to throw for this value; its message quotes the start of the value. */
    public UnreadableJson wrong(String why) {
        if (isAbsent()) {
            return new UnreadableJson(path, "is missing");
        }
        return new UnreadableJson(path, shown() + " " + why);
    }

    /** The start of the value; texts of a peer cannot forge a log line. */
    private String shown() {
        String all = node.toString();
        String shown = StorableText.of(all, SHOWN);
        return shown.length() < all.length() ? shown + "..." : shown;
    }
}
