package io.meridian.feed.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * Assembles the parts of a frame. Immutable. Memory grows with the bytes that have arrived, not
 * with the announced length.
 *
 * @param checksum identifies the frame
 * @param length of that frame, bytes
 */
public record PartAssembly(int checksum, int length, int count, List<byte[]> parts, int taken) {
    private static final int LARGEST = 1 << 29;

    /** No part has arrived. */
    public static final PartAssembly NONE = new PartAssembly(0, 0, 0, List.of(), 0);

    public sealed interface Step {
        /** All parts have arrived. */
        record Whole(byte[] bytes) implements Step {}

        /** The node must pull part {@code assembly.parts().size()}. */
        record More(PartAssembly assembly) implements Step {}

        /** The part does not belong to this frame: the node must poll again. */
        record Misfit(String why) implements Step {}
    }

    /**
     * Takes a part. The first part of any frame starts another assembly: the master may have
     * dropped the earlier frame.
     */
    public Step take(FeedReply.Part part) {
        if (part.index() == 0) {
            return new PartAssembly(part.checksum(), part.length(), part.count(), List.of(), 0)
                    .append(part);
        }
        if (part.checksum() != checksum
                || part.length() != length
                || part.index() != parts.size()) {
            return new Step.Misfit(
                    "piece " + part.index() + " where piece " + parts.size() + " was asked for");
        }
        return append(part);
    }

    private Step append(FeedReply.Part part) {
        int sum = taken + part.bytes().length;
        boolean last = part.index() == count - 1;
        boolean fits =
                0 < length && length <= LARGEST && part.bytes().length > 0 && part.index() < count;
        if (!fits || (last ? sum != length : sum >= length)) {
            return new Step.Misfit(
                    "piece "
                            + part.index()
                            + " of "
                            + count
                            + " leads to "
                            + sum
                            + " bytes of "
                            + length);
        }
        List<byte[]> more = new ArrayList<>(parts);
        more.add(part.bytes());
        if (!last) {
            return new Step.More(new PartAssembly(checksum, length, count, more, sum));
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] piece : more) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return new Step.Whole(all);
    }
}
