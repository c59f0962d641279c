package io.meridian.domain.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address, read from a literal only: unlike {@link java.net.InetAddress} it never
 * looks a name up. Text form is canonical (dotted quad; RFC 5952 for IPv6); order is IPv4 before
 * IPv6, then numeric.
 */
public final class IpAddress implements Comparable<IpAddress> {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** The class stores an IPv4 address as its IPv4-mapped IPv6 address, RFC 4291 2.5.5.2. */
    private static final long MAPPED = 0xffff;

    // Two longs, not an array: each image compares and copies tens of thousands.
    private final long high;
    private final long low;

    private IpAddress(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /**
     * @param bytes 4 or 16 bytes in network order; copied. An IPv4-mapped IPv6 address becomes the
     *     IPv4 address
     * @throws IllegalArgumentException for any other length
     */
    public static IpAddress of(byte[] bytes) {
        return switch (bytes.length) {
            case 4 ->
                    new IpAddress(
                            0, MAPPED << 32 | Integer.toUnsignedLong((int) INTS.get(bytes, 0)));
            case 16 -> new IpAddress((long) LONGS.get(bytes, 0), (long) LONGS.get(bytes, 8));
            default ->
                    throw new IllegalArgumentException(
                            "an IP address has 4 or 16 bytes: was " + bytes.length);
        };
    }

    /**
     * Parses a strict dotted quad or an IPv6 literal without zone id and brackets; returns empty
     * for any other text.
     */
    public static Optional<IpAddress> parse(String text) {
        byte[] parsed = text.indexOf(':') >= 0 ? parse6(text) : parse4(text);
        return parsed == null ? Optional.empty() : Optional.of(of(parsed));
    }

    /**
     * Parses an address that is known to be valid.
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
        return high == 0 && low >>> 32 == MAPPED;
    }

    public boolean isIpv6() {
        return !isIpv4();
    }

    /** Number of bits: 32 or 128. */
    int bits() {
        return isIpv4() ? 32 : 128;
    }

    /** A copy of the 4 or 16 bytes, in network order. */
    public byte[] bytes() {
        byte[] bytes = new byte[bits() / Byte.SIZE];
        if (isIpv4()) {
            INTS.set(bytes, 0, (int) low);
        } else {
            LONGS.set(bytes, 0, high);
            LONGS.set(bytes, 8, low);
        }
        return bytes;
    }

    /** Writes the 4 or 16 bytes in network order, whatever the byte order of the target. */
    public void put(ByteBuffer target) {
        boolean swap = target.order() == ByteOrder.LITTLE_ENDIAN;
        if (isIpv4()) {
            target.putInt(swap ? Integer.reverseBytes((int) low) : (int) low);
        } else {
            target.putLong(swap ? Long.reverseBytes(high) : high);
            target.putLong(swap ? Long.reverseBytes(low) : low);
        }
    }

    /**
     * A copy with zeros behind the first bits.
     *
     * @param length 0..32 or 0..128
     */
    IpAddress masked(int length) {
        int mapped = length + 128 - bits();
        return new IpAddress(high & mask(mapped), low & mask(mapped - Long.SIZE));
    }

    /** Whether both addresses are of one family and their first bits are equal. */
    boolean beginsLike(IpAddress other, int length) {
        int mapped = length + 128 - bits();
        return ((high ^ other.high) & mask(mapped)) == 0
                && ((low ^ other.low) & mask(mapped - Long.SIZE)) == 0;
    }

    private static long mask(int length) {
        return length <= 0 ? 0 : length >= Long.SIZE ? -1 : -1L << Long.SIZE - length;
    }

    @Override
    public int compareTo(IpAddress other) {
        if (isIpv4() != other.isIpv4()) {
            return isIpv4() ? -1 : 1;
        }
        int first = Long.compareUnsigned(high, other.high);
        return first != 0 ? first : Long.compareUnsigned(low, other.low);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(high) + Long.hashCode(low);
    }

    @Override
    public String toString() {
        return isIpv4() ? text4((int) low) : text6(bytes());
    }

    private static String text4(int b) {
        return (b >>> 24) + "." + (b >>> 16 & 0xff) + "." + (b >>> 8 & 0xff) + "." + (b & 0xff);
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
            return null; // the usual case: the text is a name
        }
        byte[] result = new byte[4];
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int end = i == 3 ? text.length() : text.indexOf('.', at);
            int value = end < 0 ? -1 : decimalByte(text, at, end);
            if (value < 0) {
                return null;
            }
            result[i] = (byte) value;
            at = end + 1;
        }
        return result;
    }

    private static int decimalByte(String text, int from, int to) {
        if (from == to || to - from > 3 || (to - from > 1 && text.charAt(from) == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
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
