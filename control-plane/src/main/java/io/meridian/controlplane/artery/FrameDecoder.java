package io.meridian.controlplane.artery;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Splits the bytes of one inbound Artery TCP connection into frames and refuses what no Akka node
 * sends.
 *
 * <p>A connection begins with "AKKA" and one byte, the stream: 1 control, 2 ordinary, 3 large
 * messages. Frames follow: a length of 4 bytes, little-endian, then that many bytes. The memory
 * that a connection takes is at most twice what it has sent of its current frame. One thread at a
 * time.
 */
public final class FrameDecoder {
    /** Bytes of the fixed part of Artery's envelope; a shorter frame cannot be an envelope. */
    static final int MIN_FRAME = 28;

    private static final byte[] MAGIC = {'A', 'K', 'K', 'A'};
    private static final int CONNECTION_HEADER = MAGIC.length + 1;
    private static final int CONTROL_STREAM = 1;
    private static final int LARGE_STREAM = 3;

    private enum Part {
        CONNECTION_HEADER,
        LENGTH,
        FRAME
    }

    private final int maxFrame;
    private final int maxLargeFrame;
    private Part part = Part.CONNECTION_HEADER;
    private byte[] bytes = new byte[CONNECTION_HEADER];
    private int size = CONNECTION_HEADER;
    private int filled;
    private int streamId;
    private Optional<String> refusal = Optional.empty();

    /**
     * @param maxFrame largest frame of the control and ordinary streams, bytes
     * @param maxLargeFrame largest frame of the stream of large messages, bytes
     */
    public FrameDecoder(int maxFrame, int maxLargeFrame) {
        this.maxFrame = maxFrame;
        this.maxLargeFrame = maxLargeFrame;
    }

    /**
     * Reads the connection's next bytes.
     *
     * @param input read to its end, unless the connection is refused
     * @return the frames that these bytes complete, in order; those before a refusal are included
     */
    public List<byte[]> decode(ByteBuffer input) {
        List<byte[]> frames = new ArrayList<>(1);
        while (refusal.isEmpty() && fill(input)) {
            switch (part) {
                case CONNECTION_HEADER -> checkConnectionHeader();
                case LENGTH -> checkLength();
                case FRAME -> {
                    frames.add(bytes);
                    expectLength();
                }
            }
        }
        return frames;
    }

    /** Why the connection must be closed; empty while all that it sent is well formed. */
    public Optional<String> refusal() {
        return refusal;
    }

    /** The connection's stream, 1 to 3; 0 before its header is read. */
    public int streamId() {
        return streamId;
    }

    /**
     * Copies input into the current part. A frame's array grows with the bytes that arrive, because
     * the announced length is not trusted.
     *
     * @return whether the part is complete
     */
    private boolean fill(ByteBuffer input) {
        int more = Math.min(input.remaining(), size - filled);
        if (filled + more > bytes.length) {
            int doubled = (int) Math.min(size, 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, Math.max(filled + more, doubled));
        }
        input.get(bytes, filled, more);
        filled += more;
        return filled == size;
    }

    private void checkConnectionHeader() {
        int stream = bytes[MAGIC.length];
        if (!Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
            refusal = Optional.of("the connection does not begin with \"AKKA\"");
        } else if (stream < CONTROL_STREAM || stream > LARGE_STREAM) {
            refusal = Optional.of("stream=" + stream + " must be 1 to 3");
        } else {
            streamId = stream;
            expectLength();
        }
    }

    private void expectLength() {
        part = Part.LENGTH;
        bytes = new byte[Integer.BYTES];
        size = Integer.BYTES;
        filled = 0;
    }

    private void checkLength() {
        int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
        int max = streamId == LARGE_STREAM ? maxLargeFrame : maxFrame;
        if (length < MIN_FRAME || length > max) {
            refusal =
                    Optional.of(
                            "stream=%d frame_length=%d must be %d to %d"
                                    .formatted(streamId, length, MIN_FRAME, max));
            return;
        }
        part = Part.FRAME;
        bytes = new byte[0];
        size = length;
        filled = 0;
    }
}
