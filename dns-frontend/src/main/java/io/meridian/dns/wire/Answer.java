package io.meridian.dns.wire;

import java.util.List;

/**
 * The answer to a query, before it is encoded and truncated.
 *
 * @param authoritative AA
 */
public record Answer(
        ResponseCode code,
        boolean authoritative,
        List<RrSet> answers,
        List<RrSet> authority,
        List<RrSet> additional) {
    public Answer {
        answers = List.copyOf(answers);
        authority = List.copyOf(authority);
        additional = List.copyOf(additional);
    }

    /** An answer of an RCODE only. */
    public static Answer of(ResponseCode code) {
        return new Answer(code, false, List.of(), List.of(), List.of());
    }

    public Answer withAnswers(List<RrSet> others) {
        return new Answer(code, authoritative, others, authority, additional);
    }
}
