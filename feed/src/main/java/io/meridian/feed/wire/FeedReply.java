package io.meridian.feed.wire;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.TableType;

/** A master's reply to a poll. {@code poll} is the number of that poll or pull. */
public sealed interface FeedReply extends FeedMessage {
    long poll();

    /**
     * @param bytes a frame, see {@link FeedCodec}
     */
    record Whole(long poll, byte[] bytes) implements FeedReply {}

    /**
     * A part of a frame that is too long for one message. The node pulls the next part.
     *
     * @param checksum CRC32C of the whole frame; identifies the frame of the part
     * @param length of the whole frame, bytes
     * @param index 0 or more
     * @param count number of parts
     */
    record Part(long poll, int checksum, int length, int index, int count, byte[] bytes)
            implements FeedReply {}

    /** The image itself, for a node in the master's own process. Never crosses the network. */
    record Here<R extends Row, I extends Image<R, I>>(
            long poll, TableType<R, I> type, I image, long revision, long digest)
            implements FeedReply {}

    /** The master cannot answer: the node polls another one. */
    record NotReady(long poll, String reason) implements FeedReply {}
}
