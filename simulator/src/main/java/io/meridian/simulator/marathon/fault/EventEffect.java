package io.meridian.simulator.marathon.fault;

import java.time.Duration;

/** A fault of an event. */
public sealed interface EventEffect {
    /** Drops the event. */
    record Drop() implements EventEffect {}

    /** Delays the event; later ones overtake it. */
    record Delay(Duration by) implements EventEffect {
        public Delay {
            if (by.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative: was " + by);
            }
        }
    }

    /** Sends the event twice, with the same bytes. */
    record Duplicate() implements EventEffect {}

    /**
     * Holds events until {@code group} of them wait, then sends these in reverse order.
     *
     * @param group 2 or more
     */
    record Reorder(int group) implements EventEffect {
        public Reorder {
            if (group < 2) {
                throw new IllegalArgumentException("group must be at least 2: was " + group);
            }
        }
    }

    /**
     * Sends the first part of the event, then ends every stream.
     *
     * @param share share of the frame's bytes to send, 0..1; 0.5 = half a frame, 1 = all of it
     */
    record CutInside(double share, Ending ending) implements EventEffect {
        public CutInside {
            AnswerEffect.requireShare(share);
        }
    }
}
