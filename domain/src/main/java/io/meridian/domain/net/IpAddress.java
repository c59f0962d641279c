package io.meridian.domain.net;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address, read from a literal only: unlike {@link java.net.InetAddress} it never
 * looks a name up. Text form is canonical (dotted quad; RFC 5952 for IPv6); order is IPv4 before
 * IPv6, then numeric.
 */
public final class IpAddress implements Comparable<IpAddress> {
    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * @param bytes 4 or 16 bytes in network order; copied. An IPv4-mapped IPv6 address becomes the
     *     IPv4 address
     * @throws IllegalArgumentException for any other length
     */
    public static IpAddress of(byte[] bytes) {
        if (bytes.length == 4) {
            return new IpAddress(bytes.clone());
        }
        if (bytes.length != 16) {
            throw new IllegalArgumentException(
                    "an IP address has 4 or 16 bytes: was " + bytes.length);
        }
        boolean mapped = bytes[10] == -1 && bytes[11] == -1;
        for (int i = 0; mapped && i < 10; i++) {
            mapped = bytes[i] == 0;
        }
        return new IpAddress(mapped ? Arrays.copyOfRange(bytes, 12, 16) : bytes.clone());
    }

    /**
     * Reads a strict dotted quad or an IPv6 literal (no zone id, no brackets); anything else is
     * empty.
     */
    public static Optional<IpAddress> parse(String text) {
        byte[] parsed = text.indexOf(':') >= 0 ? parse6(text) : parse4(text);
        return parsed == null ? Optional.empty() : Optional.of(of(parsed));
    }

    /**
     * Reads a literal that is known to be one.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static IpAddress literal(String text) {
        return parse(text)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "\"" + text + "\" is not an IP address"));
    }

    public boolean isIpv4() {
        return bytes.length == 4;
    }

    public boolean isIpv6() {
        return bytes.length == 16;
    }

    /** A copy, 4 or 16 bytes, network order. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Writes the bytes, 4 or 16, in network order. */
    public void put(ByteBuffer target) {
        target.put(bytes);
    }

    /** The bytes themselves; callers must not change them. */
    byte[] shared() {
        return bytes;
    }

    @Override
    public int compareTo(IpAddress other) {
        int byLength = Integer.compare(bytes.length, other.bytes.length);
        return byLength != 0 ? byLength : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length == 4 ? text4(bytes) : text6(bytes);
    }

    private static String text4(byte[] b) {
        return (b[0] & 0xff) + "." + (b[1] & 0xff) + "." + (b[2] & 0xff) + "." + (b[3] & 0xff);
    }

    private static String text6(byte[] b) {
        int bestStart = -1;
        int bestLength = 1; // RFC 5952 4.2.2: one group of zeros is not shortened
        for (int i = 0; i < 8; ) {
            int start = i;
            while (i < 8 && group(b, i) == 0) {
                i++;
            }
            if (i - start > bestLength) {
                bestStart = start;
                bestLength = i - start;
            }
            i = Math.max(i, start + 1);
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(b, i)));
        }
        return text.toString();
    }

    private static int group(byte[] b, int i) {
        return (b[2 * i] & 0xff) << 8 | b[2 * i + 1] & 0xff;
    }

    private static byte[] parse4(String text) {
        if (text.isEmpty() || text.charAt(0) < '0' || text.charAt(0) > '9') {
            return null; // nearly every name that is asked whether it is an address
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        byte[] result = new byte[4];
        for (int i = 0; i < 4; i++) {
            int value = decimalByte(parts[i]);
            if (value < 0) {
                return null;
            }
            result[i] = (byte) value;
        }
        return result;
    }

    private static int decimalByte(String part) {
        if (part.isEmpty() || part.length() > 3 || (part.length() > 1 && part.charAt(0) == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < part.length(); i++) {
            int digit = part.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value <= 255 ? value : -1;
    }

    private static byte[] parse6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0) {
            byte[] head = groups(text.substring(0, gap), false);
            byte[] tail = groups(text.substring(gap + 2), true);
            if (head == null || tail == null || head.length + tail.length > 14) {
                return null;
            }
            byte[] result = Arrays.copyOf(head, 16);
            System.arraycopy(tail, 0, result, 16 - tail.length, tail.length);
            return result;
        }
        byte[] all = groups(text, true);
        return all != null && all.length == 16 ? all : null;
    }

    /**
     * Groups of up to four hex digits between single colons; the last may be a dotted quad where
     * {@code quadAtEnd}.
     */
    private static byte[] groups(String text, boolean quadAtEnd) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        if (parts.length > 8) {
            return null;
        }
        byte[] result = new byte[16];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (quadAtEnd && i == parts.length - 1 && part.indexOf('.') >= 0) {
                byte[] quad = parse4(part);
                if (quad == null || length > 12) {
                    return null;
                }
                System.arraycopy(quad, 0, result, length, 4);
                length += 4;
            } else {
                if (part.isEmpty()
                        || part.length() > 4
                        || !part.chars().allMatch(HexFormat::isHexDigit)) {
                    return null;
                }
                int value = HexFormat.fromHexDigits(part);
                result[length++] = (byte) (value >> 8);
                result[length++] = (byte) value;
            }
        }
        return Arrays.copyOf(result, length);
    }
}
