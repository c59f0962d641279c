package io.meridian.domain.net;

import java.util.Locale;
import java.util.Optional;

/**
 * A transport protocol; numbers from the IANA protocol registry, as IPVS and DNS SRV names use
 * them.
 */
public enum Protocol {
    TCP(6),
    UDP(17);

    private final int number;

    Protocol(int number) {
        this.number = number;
    }

    /** IANA protocol number: 6 or 17. */
    public int number() {
        return number;
    }

    /** Lower-case name as written in Marathon's JSON and in {@code _tcp} labels. */
    public String label() {
        return this == TCP ? "tcp" : "udp";
    }

    /** Reads {@code tcp} or {@code udp} in any case; anything else is empty. */
    public static Optional<Protocol> parse(String text) {
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "tcp" -> Optional.of(TCP);
            case "udp" -> Optional.of(UDP);
            default -> Optional.empty();
        };
    }

    @Override
    public String toString() {
        return label();
    }
}
