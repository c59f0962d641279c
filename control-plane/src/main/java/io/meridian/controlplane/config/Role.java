package io.meridian.controlplane.config;

import java.util.Locale;
import java.util.Optional;

/** What a node does. */
public enum Role {
    /** Journal, entities, projections, feed, ingest. */
    MASTER,
    /** DNS front end and IPVS writer. */
    AGENT;

    /** As in the configuration and in Akka's member roles. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> parse(String text) {
        for (Role role : values()) {
            if (role.label().equals(text.trim())) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
