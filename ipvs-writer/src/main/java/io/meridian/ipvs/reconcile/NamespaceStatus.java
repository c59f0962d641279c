package io.meridian.ipvs.reconcile;

import java.util.Optional;

/**
 * Status of one container's network namespace.
 *
 * @param container id, the name of the CNI plugin's file
 * @param waiting why the namespace is not programmed yet; empty if it is
 * @param status of its table; empty while it waits
 */
public record NamespaceStatus(String container, String waiting, Optional<IpvsStatus> status) {
    /** Whether the namespace waits, or differs from the VIP image. */
    public boolean isFailing() {
        return !waiting.isEmpty()
                || status.filter(
                                now ->
                                        !now.failures().isEmpty()
                                                || !now.lastRound().fault().isEmpty())
                        .isPresent();
    }

    /** The first failure: {@code container 7f3a: interface is missing}. */
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
