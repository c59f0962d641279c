package io.meridian.ipvs;

import java.util.List;

/**
 * What a node would do to its kernel now, and why; nothing of it is done.
 *
 * @param source what it was compared with, in words
 * @param changes in the order in which they would come
 * @param held what would stay as it is although the VIP image asks for something else
 */
public record Proposal(String source, List<Change> changes, List<Held> held) {
    public Proposal {
        changes = List.copyOf(changes);
        held = List.copyOf(held);
    }

    /**
     * @param stage {@code build}, {@code admit}, {@code retire} or {@code remove}
     * @param why one sentence
     */
    public record Change(String stage, Operation operation, String why) {}

    /**
     * @param row such as {@code vip=10.9.0.1}
     * @param why one sentence
     */
    public record Held(String row, String why) {}

    /** Nothing is compared, for a reason that {@code source} tells. */
    public static Proposal none(String source) {
        return new Proposal(source, List.of(), List.of());
    }
}
