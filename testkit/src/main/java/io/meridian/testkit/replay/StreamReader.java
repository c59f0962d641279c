package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Cuts a recorded body into its events and heartbeats, each with its time of arrival. Pure. */
final class StreamReader {
    private static final byte[] FRAME_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** One recv(): ms since the connection opened, first byte, length. */
    record Arrival(long millis, int offset, int length) {}

    private final byte[] bytes;
    private final Instant opened;
    private final List<Arrival> arrivals;
    private Instant last;

    StreamReader(byte[] bytes, Instant opened, List<Arrival> arrivals) {
        this.bytes = bytes;
        this.opened = opened;
        this.arrivals = List.copyOf(arrivals);
        this.last = opened;
    }

    static List<Arrival> arrivals(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.isBlank())
                .map(line -> line.split("\t"))
                .map(
                        parts ->
                                new Arrival(
                                        Long.parseLong(parts[0]),
                                        Integer.parseInt(parts[1]),
                                        Integer.parseInt(parts[2])))
                .toList();
    }

    /** Origin of the arrival times, derived from the first event's timestamp. */
    static Instant start(byte[] bytes, List<Arrival> arrivals) {
        Piece first = new StreamReader(bytes, Instant.EPOCH, arrivals).pieces().getFirst();
        Instant sent = Instant.parse(first.event().path("timestamp").asText());
        return sent.minusMillis(arrivals.isEmpty() ? 0 : arrivals.getFirst().millis());
    }

    List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        int arrival = 0;
        while (at < bytes.length) {
            int end = endOfPiece(at);
            ObjectNode event = event(at, end);
            while (arrival < arrivals.size() - 1
                    && arrivals.get(arrival).offset() + arrivals.get(arrival).length() < end) {
                arrival++;
            }
            Instant time =
                    arrivals.isEmpty()
                            ? stamped(event)
                            : opened.plusMillis(arrivals.get(arrival).millis());
            pieces.add(new Piece(time, at, end - at, event.path("eventType").asText(""), event));
            at = end;
        }
        return pieces;
    }

    /** A CR or LF outside an event is half a heartbeat: they were sent one by one. */
    private int endOfPiece(int start) {
        if (bytes[start] == '\r' || bytes[start] == '\n') {
            return start + 1;
        }
        for (int i = start; i + FRAME_END.length <= bytes.length; i++) {
            if (bytes[i] == '\r'
                    && bytes[i + 1] == '\n'
                    && bytes[i + 2] == '\r'
                    && bytes[i + 3] == '\n') {
                return i + FRAME_END.length;
            }
        }
        return bytes.length;
    }

    private ObjectNode event(int start, int end) {
        String frame = new String(bytes, start, end - start, StandardCharsets.UTF_8);
        int data = frame.indexOf("data: ");
        if (data < 0 || !frame.endsWith("\r\n\r\n")) {
            return Json.object();
        }
        String json = frame.substring(data + "data: ".length()).strip();
        return (ObjectNode) Json.readTrusted(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Arrival times from the events' timestamps, for a stream without recorded arrivals. Timestamps
     * sometimes go back; arrivals are made monotonic.
     */
    private Instant stamped(ObjectNode event) {
        if (event.hasNonNull("timestamp")) {
            Instant time = Instant.parse(event.path("timestamp").asText());
            last = time.isAfter(last) ? time : last;
        }
        return last;
    }
}
