package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;

/**
 * One event in the form of the wire.
 *
 * @param type the event name, equal to {@code eventType} in the JSON
 * @param bytes {@code event: NAME CRLF data: JSON CRLF CRLF}
 */
public record EventFrame(String type, byte[] bytes) {
    /** Makes the frame of an event whose JSON has {@code eventType}. */
    public static EventFrame of(ObjectNode event) {
        String type = event.path("eventType").asText();
        String text = "event: " + type + "\r\ndata: " + event + "\r\n\r\n";
        return new EventFrame(type, text.getBytes(StandardCharsets.UTF_8));
    }
}
