package io.meridian.ipvs.reconcile;

import java.util.List;

/** Whether a kernel can be programmed. */
public sealed interface Availability {
    /**
     * @param warnings what of the host's set-up is missing, in words; traffic of some kinds won't
     *     work
     */
    record Ready(List<String> warnings) implements Availability {
        public Ready {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * @param reason why not, and what to do
     */
    record Unavailable(String reason) implements Availability {}

    Availability READY = new Ready(List.of());
}
