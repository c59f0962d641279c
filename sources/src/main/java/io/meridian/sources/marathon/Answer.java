package io.meridian.sources.marathon;

import io.meridian.sources.json.UnreadableJson;

/**
 * A REST answer.
 *
 * @param leader {@code host:port} as it names it; empty if it names none
 */
record Answer(int status, byte[] body, String leader) {
    private static final int SHOWN = 120;

    boolean isOk() {
        return status == 200;
    }

    /** Marathon's own word that what was asked for is not defined; any other 404 proves nothing. */
    boolean saysNotDefined() {
        return status == 404 && message().contains("does not exist");
    }

    /** Status and the message that came with it, for logs. */
    String describe() {
        String message = message();
        return message.isEmpty() ? "HTTP " + status : "HTTP " + status + ": " + message;
    }

    private String message() {
        try {
            String message = ListingReader.tree(body).at("message").textOr("");
            return message.length() > SHOWN ? message.substring(0, SHOWN) + "..." : message;
        } catch (UnreadableJson e) {
            return "";
        }
    }
}
