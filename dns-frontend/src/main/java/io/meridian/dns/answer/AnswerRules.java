package io.meridian.dns.answer;

/**
 * What of the answers an operator chooses.
 *
 * @param minimalAny whether ANY gets one RRset of the name instead of all (RFC 8482 4.1)
 */
public record AnswerRules(Aliases aliases, boolean minimalAny) {
    /** No aliases, ANY in full. */
    public static final AnswerRules PLAIN = new AnswerRules(Aliases.NONE, false);
}
