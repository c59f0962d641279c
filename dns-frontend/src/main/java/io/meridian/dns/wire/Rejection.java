package io.meridian.dns.wire;

/** A readable question that gets no answer; the reply repeats it. */
public record Rejection(Query query, ResponseCode code) implements ReadResult {}
