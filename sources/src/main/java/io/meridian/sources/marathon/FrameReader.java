package io.meridian.sources.marathon;

import io.meridian.sources.http.RequestFailedException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits a {@code text/event-stream} into frames, wherever reads split its bytes. Lines end in CR,
 * LF or CRLF; CR and LF may come in different reads, as in Marathon's heartbeats. The reader
 * ignores the fields {@code id} and {@code retry}, and takes an event without data as a keep-alive.
 * It drops an incomplete event at the end of the stream.
 *
 * <p>Not thread-safe; one reader per connection.
 *
 * @see <a
 *     href="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation">event
 *     stream interpretation</a>
 */
final class FrameReader {
    private final long maxEventSize;
    private byte[] line = new byte[4096];
    private int length;
    private boolean skipLineFeed;
    private boolean first = true;
    private String event = "";
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;

    /**
     * @param maxEventSize limit of an event in bytes; a larger event ends the stream
     */
    FrameReader(long maxEventSize) {
        this.maxEventSize = maxEventSize;
    }

    /**
     * Returns the frames that these bytes complete.
     *
     * @throws RequestFailedException if an event grows beyond the limit
     */
    List<Frame> read(byte[] bytes) {
        List<Frame> frames = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            if (b != '\n' && b != '\r') {
                skipLineFeed = false;
                continue;
            }
            if (b == '\n' && skipLineFeed) {
                skipLineFeed = false; // second half of CRLF: its line has ended already
                start = i + 1;
                continue;
            }
            append(bytes, start, i);
            start = i + 1;
            skipLineFeed = b == '\r';
            endOfLine(frames);
        }
        append(bytes, start, bytes.length);
        return frames;
    }

    private void append(byte[] bytes, int from, int to) {
        int more = to - from;
        if ((long) length + data.length() + more > maxEventSize) {
            throw new RequestFailedException(
                    "an event is larger than events.max-size = " + maxEventSize + " bytes");
        }
        if (length + more > line.length) {
            line =
                    Arrays.copyOf(
                            line,
                            Math.max(
                                    length + more,
                                    (int) Math.min(2L * line.length, Integer.MAX_VALUE - 8)));
        }
        System.arraycopy(bytes, from, line, length, more);
        length += more;
    }

    private void endOfLine(List<Frame> frames) {
        int from = first ? byteOrderMark() : 0;
        first = false;
        if (length == from) {
            dispatch(frames);
        } else {
            field(from);
        }
        length = 0;
    }

    private int byteOrderMark() {
        boolean marked =
                length >= 3
                        && line[0] == (byte) 0xef
                        && line[1] == (byte) 0xbb
                        && line[2] == (byte) 0xbf;
        return marked ? 3 : 0;
    }

    private void field(int from) {
        int colon = from;
        while (colon < length && line[colon] != ':') {
            colon++;
        }
        int value =
                colon + 1 < length && line[colon + 1] == ' '
                        ? colon + 2
                        : Math.min(colon + 1, length);
        if (is("data", from, colon)) {
            if (hasData) {
                data.append('\n');
            }
            hasData = true;
            data.append(text(value));
        } else if (is("event", from, colon)) {
            event = text(value);
        }
    }

    private boolean is(String name, int from, int to) {
        if (to - from != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (line[from + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String text(int from) {
        return new String(line, from, length - from, StandardCharsets.UTF_8);
    }

    private void dispatch(List<Frame> frames) {
        if (!data.isEmpty()) {
            frames.add(new Frame(event.isEmpty() ? "message" : event, data.toString()));
        }
        event = "";
        data.setLength(0);
        hasData = false;
    }
}
