package io.meridian.domain.net;

import java.math.BigInteger;
import java.util.Optional;

/** Addresses from {@code first} to {@code last}, both included, of one family. */
public record AddressRange(IpAddress first, IpAddress last) {
    private static final BigInteger MAPPED =
            BigInteger.valueOf(0xffff_0000_0000L); // ::ffff:0:0, RFC 4291 2.5.5.2

    /**
     * @throws IllegalArgumentException if they are no range, or one that holds the IPv4-mapped IPv6
     *     addresses
     */
    public AddressRange {
        if (!isRange(first, last)) {
            throw new IllegalArgumentException("not a range: " + first + "-" + last);
        }
    }

    /** Parses {@code FIRST-LAST}; empty if either is no address or the two are no range. */
    public static Optional<AddressRange> parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            return Optional.empty();
        }
        Optional<IpAddress> first = IpAddress.parse(text.substring(0, dash).trim());
        Optional<IpAddress> last = IpAddress.parse(text.substring(dash + 1).trim());
        if (first.isEmpty() || last.isEmpty() || !isRange(first.get(), last.get())) {
            return Optional.empty();
        }
        return Optional.of(new AddressRange(first.get(), last.get()));
    }

    /**
     * Whether two addresses are a range. IPv4-mapped IPv6 addresses are IPv4 here, so an IPv6 range
     * must not contain them.
     */
    private static boolean isRange(IpAddress first, IpAddress last) {
        boolean holdsMapped =
                first.isIpv6()
                        && number(first).compareTo(MAPPED) < 0
                        && number(last).compareTo(MAPPED) > 0;
        return first.isIpv4() == last.isIpv4() && first.compareTo(last) <= 0 && !holdsMapped;
    }

    public boolean contains(IpAddress address) {
        return address.isIpv4() == first.isIpv4()
                && first.compareTo(address) <= 0
                && address.compareTo(last) <= 0;
    }

    /** {@code last - first}: one less than the number of addresses. */
    public BigInteger span() {
        return number(last).subtract(number(first));
    }

    /**
     * The address {@code offset} after the first.
     *
     * @param offset 0..{@link #span()}
     */
    public IpAddress at(BigInteger offset) {
        if (offset.signum() < 0 || offset.compareTo(span()) > 0) {
            throw new IllegalArgumentException("offset " + offset + " is outside " + this);
        }
        byte[] sum = number(first).add(offset).toByteArray();
        byte[] result = new byte[first.bytes().length];
        int length = Math.min(sum.length, result.length);
        System.arraycopy(sum, sum.length - length, result, result.length - length, length);
        return IpAddress.of(result);
    }

    private static BigInteger number(IpAddress address) {
        return new BigInteger(1, address.bytes());
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
