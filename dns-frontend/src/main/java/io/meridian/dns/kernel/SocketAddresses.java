package io.meridian.dns.kernel;

import io.meridian.libc.Libc;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * Converts {@code struct sockaddr_in} and {@code sockaddr_in6} (netinet/in.h) to and from {@link
 * InetSocketAddress}.
 */
final class SocketAddresses {
    /** {@code sizeof(struct sockaddr_in)}. */
    static final int IPV4_LENGTH = 16;

    /** {@code sizeof(struct sockaddr_in6)}, the longer of the two. */
    static final int IPV6_LENGTH = 28;

    private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfShort PORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt SCOPE = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfInt BIG_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BIG_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private SocketAddresses() {}

    /**
     * @param family of the socket; an IPv6 socket reaches an IPv4 address as {@code ::ffff:a.b.c.d}
     * @param to at least {@value #IPV6_LENGTH} bytes
     * @return number of bytes used
     */
    static int write(InetSocketAddress address, int family, MemorySegment to) {
        byte[] bytes = address.getAddress().getAddress();
        to.fill((byte) 0);
        to.set(FAMILY, 0, (short) family);
        to.set(PORT, 2, (short) address.getPort());
        if (family == Libc.AF_INET) {
            MemorySegment.copy(bytes, 0, to, BYTE, 4, bytes.length);
            return IPV4_LENGTH;
        }
        if (bytes.length == 4) {
            to.set(PORT, 18, (short) 0xffff);
            MemorySegment.copy(bytes, 0, to, BYTE, 20, bytes.length);
        } else {
            MemorySegment.copy(bytes, 0, to, BYTE, 8, bytes.length);
            to.set(SCOPE, 24, ((Inet6Address) address.getAddress()).getScopeId());
        }
        return IPV6_LENGTH;
    }

    /**
     * Upper half of the address as IPv6; an IPv4 address is {@code ::ffff:a.b.c.d} (RFC 4291
     * 2.5.5.2).
     */
    static long high(MemorySegment from, long at) {
        return from.get(FAMILY, at) == Libc.AF_INET ? 0 : from.get(BIG_LONG, at + 8);
    }

    /** Lower half of the address as IPv6. */
    static long low(MemorySegment from, long at) {
        return from.get(FAMILY, at) == Libc.AF_INET
                ? 0xffff_0000_0000L | from.get(BIG_INT, at + 4) & 0xffff_ffffL
                : from.get(BIG_LONG, at + 16);
    }

    /**
     * @param from filled in by the kernel
     * @param at index of the address in it
     */
    static InetSocketAddress read(MemorySegment from, long at) {
        int port = from.get(PORT, at + 2) & 0xffff;
        try {
            if (from.get(FAMILY, at) == Libc.AF_INET) {
                byte[] bytes = new byte[4];
                MemorySegment.copy(from, BYTE, at + 4, bytes, 0, bytes.length);
                return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
            }
            byte[] bytes = new byte[16];
            MemorySegment.copy(from, BYTE, at + 8, bytes, 0, bytes.length);
            int scope = from.get(SCOPE, at + 24);
            // getByAddress turns ::ffff:a.b.c.d into an IPv4 address
            InetAddress plain = InetAddress.getByAddress(bytes);
            return new InetSocketAddress(
                    scope == 0 ? plain : Inet6Address.getByAddress(null, bytes, scope), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are an address", e);
        }
    }
}
