package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.time.Instant;

/**
 * A part of a recorded stream that Marathon sent as one: a whole event, one byte of a heartbeat, or
 * the fragment at the end.
 *
 * @param at arrival of the last byte
 * @param offset of its first byte in the stream
 * @param type the event's name; "" for heartbeats and fragments
 * @param event the event's JSON; empty for heartbeats and fragments
 */
public record Piece(Instant at, int offset, int length, String type, ObjectNode event) {
    public boolean isEvent() {
        return !type.isEmpty();
    }
}
