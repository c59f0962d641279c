package io.meridian.controlplane.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Writes the admin API's records as JSON: fields in snake_case, in the order of components. */
final class Json {
    private static final ObjectMapper LINE =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();
    private static final ObjectMapper INDENTED =
            LINE.copy().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    /** UTF-8, indented. */
    static byte[] bytes(Object document) {
        try {
            return INDENTED.writeValueAsBytes(document);
        } catch (JsonProcessingException failed) {
            throw new IllegalStateException("cannot write " + document.getClass(), failed);
        }
    }

    /** One line, as an SSE data field needs it. */
    static String line(Object document) {
        try {
            return LINE.writeValueAsString(document);
        } catch (JsonProcessingException failed) {
            throw new IllegalStateException("cannot write " + document.getClass(), failed);
        }
    }
}
