package io.meridian.dns.wire;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.zone.RecordType;

import java.util.Optional;
import java.util.regex.Pattern;

/** RDATA of a record, parsed and verified. */
public sealed interface Rdata {
    /** TYPE, see {@link Types}. */
    int type();

    /** A or AAAA, by the address family. */
    record Address(IpAddress address) implements Rdata {
        @Override
        public int type() {
            return address.isIpv4() ? Types.A : Types.AAAA;
        }
    }

    /**
     * Host and port of a service (RFC 2782).
     *
     * @param priority 0..65535; clients try lower ones first
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

    /** The canonical name of an alias (RFC 1035 3.3.1). */
    record Cname(DnsName target) implements Rdata {
        @Override
        public int type() {
            return Types.CNAME;
        }
    }

    /** The name that belongs to an address (RFC 1035 3.3.12). */
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
            if (text.length() > MAX || !isOneByteEach(text)) {
                throw new IllegalArgumentException(
                        "text must be 0 to 255 one-byte characters: was \"" + text + "\"");
            }
        }

        private static boolean isOneByteEach(String text) {
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) > 0xff) {
                    return false;
                }
            }
            return true;
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
     * Start of authority (RFC 1035 3.3.13); times in seconds, all numbers 0..2^32-1.
     *
     * @param serial rises with each revision of the table, modulo 2^32 (RFC 1982)
     * @param minimum bound of the TTL of negative answers (RFC 2308 4)
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
     * Reads the data of a table row.
     *
     * @param text see {@link io.meridian.domain.zone.ZoneRow#data()}
     * @return empty if the text does not match the type
     */
    static Optional<Rdata> parse(RecordType type, String text) {
        return switch (type) {
            case A -> parseAddress(text, true);
            case AAAA -> parseAddress(text, false);
            case SRV -> parseSrv(text);
            case CNAME -> DnsName.parse(text).map(Cname::new);
            case PTR -> DnsName.parse(text).map(Ptr::new);
            case TXT -> parseTxt(text);
        };
    }

    private static Optional<Rdata> parseAddress(String text, boolean ipv4) {
        Optional<IpAddress> address = IpAddress.parse(text);
        return address.isPresent() && address.get().isIpv4() == ipv4
                ? Optional.of(new Address(address.get()))
                : Optional.empty();
    }

    private static Optional<Rdata> parseSrv(String text) {
        int weight = text.indexOf(' ') + 1;
        int port = text.indexOf(' ', weight) + 1;
        int target = text.indexOf(' ', port) + 1;
        boolean single = 1 < weight && weight + 1 < port && port + 1 < target;
        if (!single || text.indexOf(' ', target) >= 0) {
            return parseSrv(Spaces.PATTERN.split(text));
        }
        return parseSrv(
                text.substring(0, weight - 1),
                text.substring(weight, port - 1),
                text.substring(port, target - 1),
                text.substring(target));
    }

    private static Optional<Rdata> parseSrv(String... parts) {
        if (parts.length != 4) {
            return Optional.empty();
        }
        try {
            int priority = Integer.parseInt(parts[0]);
            int weight = Integer.parseInt(parts[1]);
            int port = Integer.parseInt(parts[2]);
            return DnsName.parse(parts[3]).map(target -> new Srv(priority, weight, port, target));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // not a number in 0..65535
        }
    }

    /** Reads {@code "text"}, in which {@code \"} and {@code \\} are a quote and a backslash. */
    private static Optional<Rdata> parseTxt(String text) {
        int end = text.length() - 1;
        if (end < 1 || text.charAt(0) != '"' || text.charAt(end) != '"') {
            return Optional.empty();
        }
        if (text.indexOf('\\') < 0 && text.indexOf('"', 1) == end) {
            return txt(text.substring(1, end));
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 1; i < end; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' && ++i == end) {
                return Optional.empty();
            }
            plain.append(text.charAt(i));
        }
        return txt(plain.toString());
    }

    private static Optional<Rdata> txt(String text) {
        try {
            return Optional.of(new Txt(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // too long, or a character of more than one byte
        }
    }

    private static void checkU16(String field, int value) {
        if (value < 0 || value > 65535) {
            throw new IllegalArgumentException(
                    field + " must be between 0 and 65535: was " + value);
        }
    }

    /** Holds constants, which would be public in the interface. */
    final class Spaces {
        private static final Pattern PATTERN = Pattern.compile(" +");

        private Spaces() {}
    }
}
