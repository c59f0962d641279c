package io.meridian.sources.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON documents from streams, so that a large one is never in memory as a whole. Bytes that
 * are not UTF-8 become U+FFFD: one broken text must not cost the rest of a listing.
 */
public final class JsonStream {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private JsonStream() {}

    /** Reads a document; the parser is before its first token. */
    @FunctionalInterface
    public interface Reading<T> {
        T from(JsonParser parser) throws IOException;
    }

    /**
     * Reads one document to its end and closes the stream.
     *
     * @throws UnreadableJson if the stream has anything else, or if {@code reading} throws it
     * @throws UncheckedIOException if the stream fails
     */
    public static <T> T read(InputStream body, Reading<T> reading) {
        try (JsonParser parser =
                MAPPER.createParser(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            T result = reading.from(parser);
            if (parser.nextToken() != null) {
                throw new UnreadableJson("$", "has something after its end");
            }
            return result;
        } catch (JsonProcessingException e) {
            String message = e.getOriginalMessage().replaceFirst(" \\(start marker at .*", "");
            throw new UnreadableJson("$", "is not JSON: " + message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a document as a tree and closes the stream.
     *
     * @throws UnreadableJson if the stream has anything else
     */
    public static JsonNode tree(InputStream body) {
        return read(
                body,
                parser -> {
                    JsonNode tree = node(parser);
                    if (tree == null) {
                        throw new UnreadableJson("$", "is missing");
                    }
                    return tree;
                });
    }

    /** The value that the parser is at or before, as a tree; null at the end of the document. */
    public static @Nullable JsonNode node(JsonParser parser) throws IOException {
        return MAPPER.readTree(parser);
    }
}
