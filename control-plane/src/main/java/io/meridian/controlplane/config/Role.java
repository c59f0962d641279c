package io.meridian.controlplane.config;

import java.util.Locale;
import java.util.Optional;

/** A role of a node in the cluster. */
public enum Role {
    /** Runs journal, entities, projections, ingest and feed. */
    MASTER,
    /** Runs DNS front end and IPVS writer. */
    AGENT;

    /** The role's name in the configuration and in Akka's member roles. */
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
