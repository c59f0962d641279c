package io.meridian.sources.marathon;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.meridian.sources.json.Json;
import io.meridian.sources.json.UnreadableJson;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads complete REST responses. A listing is read one app at a time, so that only the bytes and
 * one tree are in memory. A response without its list throws: it is not an empty listing.
 */
final class ListingReader {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private ListingReader() {}

    /**
     * @param readings the readable entries
     * @param refused one sentence for each entry with an unreadable id or an unreadable task id; if
     *     not empty, absence from this listing proves nothing
     */
    record Part(List<Reading> readings, List<String> refused) {
        Part {
            readings = List.copyOf(readings);
            refused = List.copyOf(refused);
        }
    }

    /**
     * Reads {@code {"apps":[...]}}.
     *
     * @throws UnreadableJson if it is anything else or ends too early
     */
    static Part apps(byte[] body) {
        return parse(
                body,
                parser -> {
                    expect(parser, JsonToken.START_OBJECT, "$");
                    Part part = null;
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        if (parser.currentName().equals("apps")) {
                            parser.nextToken();
                            part = elements(parser, "$.apps", AppReader::read);
                        } else {
                            parser.nextToken();
                            parser.skipChildren();
                        }
                    }
                    if (part == null) {
                        throw new UnreadableJson("$.apps", "is missing");
                    }
                    return part;
                });
    }

    /**
     * Reads an array of pod statuses.
     *
     * @throws UnreadableJson if it is anything else or ends too early
     */
    static Part pods(byte[] body) {
        return parse(
                body,
                parser -> {
                    parser.nextToken();
                    return elements(parser, "$", PodReader::read);
                });
    }

    /** Reads {@code {"app":{...}}} with its tasks. */
    static Reading app(byte[] body) {
        return AppReader.read(tree(body).at("app").object());
    }

    /** Reads one pod's status. */
    static Reading pod(byte[] body) {
        return PodReader.read(tree(body).object());
    }

    /** Reads a JSON document as a tree. */
    static Json tree(byte[] body) {
        return parse(
                body,
                parser -> {
                    JsonNode node = MAPPER.readTree(parser);
                    if (node == null) {
                        throw new UnreadableJson("$", "is missing");
                    }
                    return Json.root(node);
                });
    }

    private static Part elements(JsonParser parser, String path, Function<Json, Reading> read)
            throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new UnreadableJson(path, "is not an array");
        }
        List<Reading> readings = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            JsonNode node = MAPPER.readTree(parser);
            if (node == null) {
                throw new UnreadableJson(path, "ends too early");
            }
            try {
                readings.add(read.apply(new Json(node, path + "[" + i + "]")));
            } catch (UnreadableJson e) {
                refused.add(e.getMessage());
            }
        }
        return new Part(readings, refused);
    }

    private static void expect(JsonParser parser, JsonToken token, String path) throws IOException {
        if (parser.nextToken() != token) {
            throw new UnreadableJson(path, "is not an object");
        }
    }

    private interface Parse<T> {
        T from(JsonParser parser) throws IOException;
    }

    private static <T> T parse(byte[] body, Parse<T> parse) {
        try (JsonParser parser = MAPPER.createParser(body)) {
            T result = parse.from(parser);
            if (parser.nextToken() != null) {
                throw new UnreadableJson("$", "has something after its end");
            }
            return result;
        } catch (JsonProcessingException e) {
            throw new UnreadableJson("$", "is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reading from a byte array does no I/O
        }
    }
}
