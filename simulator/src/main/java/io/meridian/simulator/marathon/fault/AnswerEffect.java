package io.meridian.simulator.marathon.fault;

import java.time.Duration;
import java.util.Set;

/** What happens to an HTTP answer. Several may meet in one answer. */
public sealed interface AnswerEffect {
    /** It comes late. */
    record Delay(Duration by) implements AnswerEffect {
        public Delay {
            if (by.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative: was " + by);
            }
        }
    }

    /**
     * This status comes instead, with a body as Marathon or a proxy would send.
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

    /** 302 to this URL comes instead. */
    record Redirect(String url) implements AnswerEffect {}

    /** The connection ends without an answer. */
    record Hangup(Ending ending) implements AnswerEffect {}

    /** A listing is there but says that nothing runs: {@code {"apps":[]}}. */
    record EmptyListing() implements AnswerEffect {}

    /**
     * Some of a listing is missing: each entry with this chance, and these ids surely (tasks, apps,
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
     * Content-Length promises all, the connection ends before.
     *
     * @param share of the body that goes out, 0..1
     */
    record Truncate(double share) implements AnswerEffect {
        public Truncate {
            requireShare(share);
        }
    }

    /** {@code X-Marathon-Leader} says this. */
    record LeaderHeader(String value) implements AnswerEffect {}

    /** What of an answer an effect is about; effects on the same thing take turns, others meet. */
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
