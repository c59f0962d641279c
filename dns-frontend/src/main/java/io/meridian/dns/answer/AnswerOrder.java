package io.meridian.dns.answer;

/** In which order the records of a set go out. */
public enum AnswerOrder {
    /** Shuffled anew for each reply. */
    RANDOM,
    /** Sorted, then turned by the message id, as dcos-net does (specs: dcos-net 1.8). */
    ROUND_ROBIN
}
