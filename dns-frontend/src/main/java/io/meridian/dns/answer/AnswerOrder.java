package io.meridian.dns.answer;

/** Order of the records of an RRset in a reply. */
public enum AnswerOrder {
    /** A new random order for each reply. */
    RANDOM,
    /** Sorted, then rotated by the message id, as in dcos-net (specs: dcos-net 1.8). */
    ROUND_ROBIN
}
