package io.meridian.ipvs;

import java.util.List;

/**
 * The plan of the next round with reasons; nothing is executed.
 *
 * @param source name of the compared kernel, for the operator
 * @param changes in order of execution
 * @param held rows that stay unchanged although the VIP image requests otherwise
 */
public record Proposal(String source, List<Change> changes, List<Held> held) {
    public Proposal {
        changes = List.copyOf(changes);
        held = List.copyOf(held);
    }

    /**
     * An operation of the plan.
     *
     * @param stage {@code build}, {@code admit}, {@code retire} or {@code remove}
     * @param why one sentence
     */
    public record Change(String stage, Operation operation, String why) {}

    /**
     * A row that stays unchanged.
     *
     * @param row such as {@code vip=10.9.0.1}
     * @param why one sentence
     */
    public record Held(String row, String why) {}

    /**
     * A proposal without a comparison.
     *
     * @param source the reason, for the operator
     */
    public static Proposal none(String source) {
        return new Proposal(source, List.of(), List.of());
    }
}
