package io.meridian.feed.wire;

/** What travels between masters and nodes; bound to jackson-cbor in {@code reference.conf}. */
public interface FeedMessage {}
