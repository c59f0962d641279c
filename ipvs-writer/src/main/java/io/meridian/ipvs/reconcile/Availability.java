package io.meridian.ipvs.reconcile;

import java.util.List;

/** Whether a kernel can be programmed. */
sealed interface Availability {
    /**
     * The kernel can be programmed.
     *
     * @param warnings missing parts of the host's set-up, each with its consequence
     */
    record Ready(List<String> warnings) implements Availability {
        public Ready {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The kernel cannot be programmed.
     *
     * @param reason cause and remedy, for the operator
     */
    record Unavailable(String reason) implements Availability {}

    Availability READY = new Ready(List.of());
}
