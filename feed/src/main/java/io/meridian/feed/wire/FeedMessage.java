package io.meridian.feed.wire;

/**
 * Marks the messages between masters and nodes. {@code reference.conf} binds them to jackson-cbor.
 */
public interface FeedMessage {}
