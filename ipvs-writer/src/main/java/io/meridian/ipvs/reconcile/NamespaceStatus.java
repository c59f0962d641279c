package io.meridian.ipvs.reconcile;

import java.util.Optional;

/**
 * How one container's network namespace stands.
 *
 * @param container id, the name of the CNI plugin's file
 * @param waiting why it is not programmed yet, in words; empty if it is
 * @param status of its table; empty while it waits
 */
public record NamespaceStatus(String container, String waiting, Optional<IpvsStatus> status) {
    /** Whether something in it is not as desired. */
    public boolean isFailing() {
        return !waiting.isEmpty()
                || status.filter(
                                now ->
                                        !now.failures().isEmpty()
                                                || !now.lastRound().fault().isEmpty())
                        .isPresent();
    }

    /** {@code container 7f3a: interface is missing}, with the first thing that is wrong in it. */
    @Override
    public String toString() {
        String wrong =
                status.map(
                                now ->
                                        now.lastRound().fault().isEmpty()
                                                ? now.failures().stream()
                                                        .findFirst()
                                                        .map(Failure::message)
                                                        .orElse("")
                                                : now.lastRound().fault())
                        .orElse(waiting);
        return "container " + container + ": " + (wrong.isEmpty() ? "as desired" : wrong);
    }
}
