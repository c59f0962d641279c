package io.meridian.dns.wire;

/** A well-formed question that gets an error; the reply repeats the question. */
public record Rejection(Query query, ResponseCode code) implements ReadResult {}
