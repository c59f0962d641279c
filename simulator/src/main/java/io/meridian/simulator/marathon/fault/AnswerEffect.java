package io.meridian.simulator.marathon.fault;

import java.time.Duration;
import java.util.Set;

/** A fault of an HTTP answer. Several faults may apply to one answer. */
public sealed interface AnswerEffect {
    /** Delays the answer. */
    record Delay(Duration by) implements AnswerEffect {
        public Delay {
            if (by.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative: was " + by);
            }
        }
    }

    /**
     * Replaces the answer by this status, with a body as Marathon or a proxy would send.
     *
     * @param code 400..599
     */
    record Status(int code) implements AnswerEffect {
        public Status {
            if (code < 400 || code > 599) {
                throw new IllegalArgumentException(
                        "status must be between 400 and 599: was " + code);
            }
        }
    }

    /** Replaces the answer by a 302 to this URL. */
    record Redirect(String url) implements AnswerEffect {}

    /** Ends the connection without an answer. */
    record Hangup(Ending ending) implements AnswerEffect {}

    /** Replaces a listing by an empty one: {@code {"apps":[]}}. */
    record EmptyListing() implements AnswerEffect {}

    /**
     * Omits entries of a listing: each with this probability, and these ids always (tasks, apps,
     * pods; an app with its tasks).
     *
     * @param share 0..1 of the entries, picked at random
     */
    record PartialListing(double share, Set<String> ids) implements AnswerEffect {
        public PartialListing {
            requireShare(share);
            ids = Set.copyOf(ids);
        }
    }

    /**
     * Truncates the body: Content-Length is that of the whole body, the connection ends early.
     *
     * @param share share of the body to send, 0..1
     */
    record Truncate(double share) implements AnswerEffect {
        public Truncate {
            requireShare(share);
        }
    }

    /** Replaces the value of {@code X-Marathon-Leader}. */
    record LeaderHeader(String value) implements AnswerEffect {}

    /**
     * The part of an answer that an effect changes. Effects on the same part apply to successive
     * answers; effects on different parts combine.
     */
    enum Part {
        TIME,
        WHOLE,
        CONTENT,
        LENGTH,
        LEADER
    }

    default Part part() {
        return switch (this) {
            case Delay effect -> Part.TIME;
            case Status effect -> Part.WHOLE;
            case Redirect effect -> Part.WHOLE;
            case Hangup effect -> Part.WHOLE;
            case EmptyListing effect -> Part.CONTENT;
            case PartialListing effect -> Part.CONTENT;
            case Truncate effect -> Part.LENGTH;
            case LeaderHeader effect -> Part.LEADER;
        };
    }

    static void requireShare(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be between 0 and 1: was " + share);
        }
    }
}
