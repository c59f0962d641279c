package io.meridian.dns.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A fully qualified domain name. Keeps its case, and compares without case (RFC 4343). Immutable.
 *
 * <p>Holds the uncompressed wire form: length bytes and labels, and the zero of the root; 1..255
 * bytes, labels of 1..63.
 */
public final class DnsName {
    public static final int MAX_LENGTH = 255;
    public static final DnsName ROOT = new DnsName(new byte[1]);

    private static final int MAX_LABEL = 63;

    private final byte[] wire;

    private DnsName(byte[] wire) {
        this.wire = wire;
    }

    /** Makes a name of bytes that the caller has verified and no longer changes. */
    public static DnsName ofWire(byte[] wire) {
        return new DnsName(wire);
    }

    /**
     * Reads dotted text with or without trailing dot, without escapes. Empty if a label is empty or
     * longer than 63 bytes, the name is longer than 255 bytes, or a character is not printable
     * ASCII.
     */
    public static Optional<DnsName> parse(String text) {
        String body = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (body.isEmpty()) {
            return text.isEmpty() ? Optional.empty() : Optional.of(ROOT);
        }
        if (body.length() + 2 > MAX_LENGTH) {
            return Optional.empty();
        }
        byte[] wire = new byte[body.length() + 2];
        int label = 0;
        for (int i = 0; i <= body.length(); i++) {
            char c = i == body.length() ? '.' : body.charAt(i);
            if (c == '.') {
                int length = i - label;
                if (length == 0 || length > MAX_LABEL) {
                    return Optional.empty();
                }
                wire[label] = (byte) length;
                label = i + 1;
            } else if (c <= ' ' || c > '~') {
                return Optional.empty();
            } else {
                wire[i + 1] = (byte) c;
            }
        }
        return Optional.of(new DnsName(wire));
    }

    /**
     * Reads a constant.
     *
     * @throws IllegalArgumentException if the text is no name
     */
    public static DnsName literal(String text) {
        return parse(text)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "\"" + text + "\" is not a domain name"));
    }

    /** Length of the uncompressed wire form, 1..255. */
    public int length() {
        return wire.length;
    }

    /** Number of labels without the root. */
    public int labels() {
        int count = 0;
        for (int at = 0; wire[at] != 0; at += wire[at] + 1) {
            count++;
        }
        return count;
    }

    /** The wire form; the caller must not change it. */
    byte[] wire() {
        return wire;
    }

    /** A copy of the wire form in lower case. */
    public byte[] lowerCaseWire() {
        byte[] lower = new byte[wire.length];
        for (int i = 0; i < wire.length; i++) {
            lower[i] = lower(wire[i]);
        }
        return lower;
    }

    /** Whether this name is the origin or below it. */
    public boolean isAtOrBelow(DnsName origin) {
        int start = wire.length - origin.wire.length;
        int at = 0;
        while (at < start) {
            at += wire[at] + 1;
        }
        return at == start && sameFrom(start, origin);
    }

    private boolean sameFrom(int start, DnsName other) {
        for (int i = 0; i < other.wire.length; i++) {
            if (lower(wire[start + i]) != lower(other.wire[i])) {
                return false;
            }
        }
        return true;
    }

    /**
     * The name with a suffix replaced; the labels before it keep their case.
     *
     * @param from a suffix of this name
     * @return empty if the result would be longer than 255 bytes
     */
    public Optional<DnsName> renamed(DnsName from, DnsName to) {
        int prefix = wire.length - from.wire.length;
        if (prefix + to.wire.length > MAX_LENGTH) {
            return Optional.empty();
        }
        byte[] renamed = Arrays.copyOf(wire, prefix + to.wire.length);
        System.arraycopy(to.wire, 0, renamed, prefix, to.wire.length);
        return Optional.of(new DnsName(renamed));
    }

    /**
     * The name without {@code *} labels behind the first label. Mesos-DNS users write {@code
     * app.*.marathon.mesos}.
     */
    public DnsName withoutInnerWildcards() {
        int found = 0;
        for (int at = wire[0] + 1; at < wire.length && wire[at] != 0; at += wire[at] + 1) {
            found += isWildcard(at) ? 1 : 0;
        }
        if (found == 0) {
            return this;
        }
        byte[] rest = new byte[wire.length - 2 * found];
        int to = 0;
        for (int at = 0; at < wire.length; at += wire[at] + 1) {
            if (at == 0 || !isWildcard(at)) {
                System.arraycopy(wire, at, rest, to, wire[at] + 1);
                to += wire[at] + 1;
            }
        }
        return new DnsName(rest);
    }

    private boolean isWildcard(int at) {
        return wire[at] == 1 && wire[at + 1] == '*';
    }

    /**
     * Lower-case text without trailing dot, as our tables have names. A backslash precedes each dot
     * or backslash inside a label, so distinct names have distinct keys.
     */
    public String key() {
        return text(true);
    }

    /** The name without its first label; the root itself for the root. */
    public DnsName parent() {
        return wire[0] == 0
                ? this
                : new DnsName(Arrays.copyOfRange(wire, wire[0] + 1, wire.length));
    }

    private String text(boolean lowerCase) {
        byte[] out = new byte[2 * wire.length];
        int length = 0;
        for (int at = 0; wire[at] != 0; at += wire[at] + 1) {
            if (at > 0) {
                out[length++] = '.';
            }
            for (int i = at + 1; i <= at + wire[at]; i++) {
                byte b = lowerCase ? lower(wire[i]) : wire[i];
                if (b == '.' || b == '\\') {
                    out[length++] = '\\';
                }
                out[length++] = b;
            }
        }
        return new String(out, 0, length, StandardCharsets.ISO_8859_1);
    }

    /**
     * The lower case of an ASCII letter, the only case in DNS. Leaves length bytes, which are below
     * 64, unchanged.
     */
    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DnsName that
                && that.wire.length == wire.length
                && sameFrom(0, that);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (byte b : wire) {
            hash = 31 * hash + lower(b);
        }
        return hash;
    }

    /** Whether the other name is equal in the same case. */
    public boolean isSpelled(DnsName other) {
        return Arrays.equals(wire, other.wire);
    }

    /** Text with trailing dot, in the name's case. */
    @Override
    public String toString() {
        return text(false) + ".";
    }
}
