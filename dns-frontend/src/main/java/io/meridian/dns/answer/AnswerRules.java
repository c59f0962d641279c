package io.meridian.dns.answer;

/**
 * Settings of an operator that affect answers.
 *
 * @param minimalAny whether ANY gets one RRset of the name instead of all (RFC 8482 4.1)
 */
public record AnswerRules(Aliases aliases, boolean minimalAny) {
    /** No aliases, and ANY gets all RRsets. */
    public static final AnswerRules PLAIN = new AnswerRules(Aliases.NONE, false);
}
