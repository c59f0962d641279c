package io.meridian.feed.wire;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.TableType;
import io.meridian.feed.master.FeedServer;

/** What a master answers to a node's question. {@code poll} is the question's own number. */
public sealed interface FeedReply extends FeedMessage {
    long poll();

    /**
     * @param bytes a frame, see {@link FeedCodec}
     */
    record Whole(long poll, byte[] bytes) implements FeedReply {}

    /**
     * A piece of a frame that is too large for one message; the node pulls the next.
     *
     * @param checksum of the whole frame's bytes, CRC32C: says which frame the piece belongs to
     * @param length of the whole frame, bytes
     * @param index 0 or more
     * @param count of pieces
     */
    record Part(long poll, int checksum, int length, int index, int count, byte[] bytes)
            implements FeedReply {}

    /**
     * The whole image itself, for a node in the master's own process; see {@link
     * FeedServer.PollHere}. Never crosses the network.
     */
    record Here<R extends Row, I extends Image<R, I>>(
            long poll, TableType<R, I> type, I image, long revision, long digest)
            implements FeedReply {}

    /** Ask another master. */
    record NotReady(long poll, String reason) implements FeedReply {}
}
