package io.meridian.sources.marathon;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.sources.json.Json;
import io.meridian.sources.json.JsonStream;
import io.meridian.sources.json.RefusedId;
import io.meridian.sources.json.UnreadableJson;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads complete REST responses, and closes them. A listing is read one app at a time, so that one
 * tree is in memory. A response without its list throws: it is not an empty listing.
 */
final class ListingReader {
    private ListingReader() {}

    /**
     * @param readings the readable entries
     * @param refused one sentence for each other entry
     * @param nameless whether the id of one of those is not known
     */
    record Part(List<Reading> readings, List<String> refused, boolean nameless) {
        static final Part NONE = new Part(List.of(), List.of(), false);

        Part {
            readings = List.copyOf(readings);
            refused = List.copyOf(refused);
        }

        /** This part and another one. */
        Part and(Part other) {
            List<Reading> all = new ArrayList<>(readings);
            all.addAll(other.readings);
            List<String> sentences = new ArrayList<>(refused);
            sentences.addAll(other.refused);
            return new Part(all, sentences, nameless || other.nameless);
        }
    }

    /**
     * Reads {@code {"apps":[...]}}.
     *
     * @throws UnreadableJson if it is anything else or ends too early
     */
    static Part apps(InputStream body) {
        return JsonStream.read(
                body,
                parser -> {
                    if (parser.nextToken() != JsonToken.START_OBJECT) {
                        throw new UnreadableJson("$", "is not an object");
                    }
                    Part part = Part.NONE;
                    boolean found = false;
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        boolean isList = parser.currentName().equals("apps");
                        parser.nextToken();
                        if (isList) {
                            part = elements(parser, "$.apps", AppReader::read);
                            found = true;
                        } else {
                            parser.skipChildren();
                        }
                    }
                    if (!found) {
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
    static Part pods(InputStream body) {
        return JsonStream.read(
                body,
                parser -> {
                    parser.nextToken();
                    return elements(parser, "$", PodReader::read);
                });
    }

    /** Reads {@code {"app":{...}}} with its tasks. */
    static Reading app(InputStream body) {
        return AppReader.read(tree(body).at("app").object());
    }

    /** Reads one pod's status. */
    static Reading pod(InputStream body) {
        return PodReader.read(tree(body).object());
    }

    /** Reads a JSON document as a tree. */
    static Json tree(InputStream body) {
        return Json.root(JsonStream.tree(body));
    }

    private static Part elements(JsonParser parser, String path, Function<Json, Reading> read)
            throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new UnreadableJson(path, "is not an array");
        }
        List<Reading> readings = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        boolean nameless = false;
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            JsonNode node = JsonStream.node(parser);
            if (node == null) {
                throw new UnreadableJson(path, "ends too early");
            }
            try {
                readings.add(read.apply(new Json(node, path + "[" + i + "]")));
            } catch (RefusedId e) {
                refused.add(e.getMessage());
            } catch (UnreadableJson e) {
                refused.add(e.getMessage());
                nameless = true;
            }
        }
        return new Part(readings, refused, nameless);
    }
}
