package io.meridian.domain.net;

import java.util.Optional;

/**
 * All addresses that begin with the same bits: {@code 192.0.2.0/24}, {@code 2001:db8::/32}.
 *
 * @param base with every bit behind the prefix zero
 * @param length bits that count, 0..32 or 0..128
 */
public record AddressPrefix(IpAddress base, int length) {
    /**
     * @throws IllegalArgumentException if the length is out of range, or the base has bits behind
     *     it
     */
    public AddressPrefix {
        if (!isPrefix(base, length)) {
            throw new IllegalArgumentException("not a prefix: " + base + "/" + length);
        }
    }

    /**
     * Parses {@code BASE/LENGTH}, or a single address. Empty if the text is neither, or has bits
     * behind the prefix, as {@code 192.0.2.1/24}.
     */
    public static Optional<AddressPrefix> parse(String text) {
        int slash = text.indexOf('/');
        Optional<IpAddress> base = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        String digits = slash < 0 ? "" : text.substring(slash + 1);
        if (base.isEmpty() || slash >= 0 && !digits.matches("[0-9]{1,3}")) {
            return Optional.empty();
        }
        int length = slash < 0 ? base.get().bits() : Integer.parseInt(digits);
        return isPrefix(base.get(), length)
                ? Optional.of(new AddressPrefix(base.get(), length))
                : Optional.empty();
    }

    /**
     * The prefix of a given length that contains an address.
     *
     * @throws IllegalArgumentException if the length is out of range
     */
    public static AddressPrefix around(IpAddress address, int length) {
        return new AddressPrefix(address.masked(length), length);
    }

    /** Whether an address begins with these bits; an address of the other family never does. */
    public boolean contains(IpAddress address) {
        return address.isIpv4() == base.isIpv4() && base.beginsLike(address, length);
    }

    private static boolean isPrefix(IpAddress base, int length) {
        return length >= 0 && length <= base.bits() && base.equals(base.masked(length));
    }

    @Override
    public String toString() {
        return base + "/" + length;
    }
}
