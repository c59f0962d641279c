package io.meridian.testkit.replay;

import java.time.Instant;
import java.util.List;

/**
 * One connection to {@code /v2/events}, from its first byte to its last.
 *
 * @param name file name without {@code .gz}
 * @param opened when the answer's head arrived
 * @param leader value of {@code X-Marathon-Leader} in that head
 * @param bytes the body
 * @param pieces the body in parts, without gaps
 */
public record RecordedStream(
        String name, Instant opened, String leader, byte[] bytes, List<Piece> pieces) {
    public RecordedStream {
        pieces = List.copyOf(pieces);
    }

    @Override
    public String toString() {
        return name + " (" + bytes.length + " bytes)";
    }
}
