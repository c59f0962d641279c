package io.meridian.feed;

/** What travels between masters and nodes; bound to jackson-cbor in {@code reference.conf}. */
public interface FeedMessage {}
