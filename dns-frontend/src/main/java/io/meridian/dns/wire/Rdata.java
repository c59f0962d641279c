package io.meridian.dns.wire;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.zone.RecordType;

import java.util.Optional;
import java.util.regex.Pattern;

/** A record's data, parsed and checked once. */
public sealed interface Rdata {
    /** TYPE, see {@link Types}. */
    int type();

    /** A or AAAA, by the address's family. */
    record Address(IpAddress address) implements Rdata {
        @Override
        public int type() {
            return address.isIpv4() ? Types.A : Types.AAAA;
        }
    }

    /**
     * Where a service can be reached (RFC 2782).
     *
     * @param priority 0..65535, lower is tried first
     * @param weight 0..65535, share among equal priorities
     * @param port 0..65535
     */
    record Srv(int priority, int weight, int port, DnsName target) implements Rdata {
        public Srv {
            checkU16("priority", priority);
            checkU16("weight", weight);
            checkU16("port", port);
        }

        @Override
        public int type() {
            return Types.SRV;
        }
    }

    /** Another name of this one (RFC 1035 3.3.1). */
    record Cname(DnsName target) implements Rdata {
        @Override
        public int type() {
            return Types.CNAME;
        }
    }

    /** The name of an address (RFC 1035 3.3.12). */
    record Ptr(DnsName target) implements Rdata {
        @Override
        public int type() {
            return Types.PTR;
        }
    }

    /**
     * One character-string (RFC 1035 3.3.14).
     *
     * @param text 0..255 characters, each one byte
     */
    record Txt(String text) implements Rdata {
        private static final int MAX = 255;

        public Txt {
            if (text.length() > MAX || text.chars().anyMatch(c -> c > 0xff)) {
                throw new IllegalArgumentException(
                        "text must be 0 to 255 one-byte characters: was \"" + text + "\"");
            }
        }

        @Override
        public int type() {
            return Types.TXT;
        }
    }

    /** A name server of the zone. */
    record Ns(DnsName server) implements Rdata {
        @Override
        public int type() {
            return Types.NS;
        }
    }

    /**
     * Start of authority (RFC 1035 3.3.13); times in seconds, all 0..2^32-1.
     *
     * @param serial goes up with each revision of the table, modulo 2^32 (RFC 1982)
     * @param minimum how long a negative answer may be kept (RFC 2308 4)
     */
    record Soa(
            DnsName server,
            DnsName mailbox,
            long serial,
            long refresh,
            long retry,
            long expire,
            long minimum)
            implements Rdata {
        @Override
        public int type() {
            return Types.SOA;
        }
    }

    /**
     * Reads a table row's data.
     *
     * @param text as {@link io.meridian.domain.zone.ZoneRow#data()} says; empty result if it is not
     *     what the type needs
     */
    static Optional<Rdata> parse(RecordType type, String text) {
        return switch (type) {
            case A -> IpAddress.parse(text).filter(IpAddress::isIpv4).map(Address::new);
            case AAAA -> IpAddress.parse(text).filter(IpAddress::isIpv6).map(Address::new);
            case SRV -> parseSrv(text);
            case CNAME -> DnsName.parse(text).map(Cname::new);
            case PTR -> DnsName.parse(text).map(Ptr::new);
            case TXT -> parseTxt(text);
        };
    }

    private static Optional<Rdata> parseSrv(String text) {
        // A single space is split at without a pattern.
        String[] parts = text.contains("  ") ? Spaces.PATTERN.split(text) : text.split(" ", 0);
        if (parts.length != 4) {
            return Optional.empty();
        }
        try {
            int priority = Integer.parseInt(parts[0]);
            int weight = Integer.parseInt(parts[1]);
            int port = Integer.parseInt(parts[2]);
            return DnsName.parse(parts[3]).map(target -> new Srv(priority, weight, port, target));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no number, or one outside 0..65535
        }
    }

    /** {@code "text"}, with {@code \"} and {@code \\} for a quote and a backslash. */
    private static Optional<Rdata> parseTxt(String text) {
        int end = text.length() - 1;
        if (end < 1 || text.charAt(0) != '"' || text.charAt(end) != '"') {
            return Optional.empty();
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 1; i < end; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' && ++i == end) {
                return Optional.empty();
            }
            plain.append(text.charAt(i));
        }
        try {
            return Optional.of(new Txt(plain.toString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // too long, or not one byte a character
        }
    }

    private static void checkU16(String field, int value) {
        if (value < 0 || value > 65535) {
            throw new IllegalArgumentException(
                    field + " must be between 0 and 65535: was " + value);
        }
    }

    /** Holder: an interface's constants would be public. */
    final class Spaces {
        private static final Pattern PATTERN = Pattern.compile(" +");

        private Spaces() {}
    }
}
