package io.meridian.simulator.marathon.fault;

import java.time.Duration;

/** What happens to an event. */
public sealed interface EventEffect {
    /** It never arrives. */
    record Drop() implements EventEffect {}

    /** It arrives later; others overtake it. */
    record Delay(Duration by) implements EventEffect {
        public Delay {
            if (by.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative: was " + by);
            }
        }
    }

    /** It arrives twice, the same bytes. */
    record Duplicate() implements EventEffect {}

    /**
     * It waits until {@code group} events are there, which then arrive last first.
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
     * Its first part arrives, then every stream ends.
     *
     * @param share of the frame's bytes that goes out, 0..1; 0.5 = half a frame, 1 = all of it
     */
    record CutInside(double share, Ending ending) implements EventEffect {
        public CutInside {
            AnswerEffect.requireShare(share);
        }
    }
}
