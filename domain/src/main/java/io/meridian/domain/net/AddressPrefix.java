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
     * Reads {@code BASE/LENGTH}, or an address alone, which stands for itself. Empty if it is
     * neither, or has bits behind the prefix: {@code 192.0.2.1/24} says two things.
     */
    public static Optional<AddressPrefix> parse(String text) {
        int slash = text.indexOf('/');
        Optional<IpAddress> base = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        String digits = slash < 0 ? "" : text.substring(slash + 1);
        if (base.isEmpty() || slash >= 0 && !digits.matches("[0-9]{1,3}")) {
            return Optional.empty();
        }
        int length = slash < 0 ? bits(base.get()) : Integer.parseInt(digits);
        return isPrefix(base.get(), length)
                ? Optional.of(new AddressPrefix(base.get(), length))
                : Optional.empty();
    }

    /**
     * The prefix of that length that an address is in.
     *
     * @throws IllegalArgumentException if the length is out of range
     */
    public static AddressPrefix around(IpAddress address, int length) {
        byte[] bytes = address.bytes();
        for (int bit = Math.max(0, length); bit < bits(address); bit++) {
            bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
        }
        return new AddressPrefix(IpAddress.of(bytes), length);
    }

    /** Whether an address begins with these bits; an address of the other family never does. */
    public boolean contains(IpAddress address) {
        return address.isIpv4() == base.isIpv4()
                && sameBits(base.shared(), address.shared(), length);
    }

    private static boolean isPrefix(IpAddress base, int length) {
        byte[] bytes = base.shared();
        if (length < 0 || length > bits(base)) {
            return false;
        }
        for (int bit = length; bit < bits(base); bit++) {
            if ((bytes[bit / Byte.SIZE] >> 7 - bit % Byte.SIZE & 1) != 0) {
                return false;
            }
        }
        return true;
    }

    private static int bits(IpAddress address) {
        return address.shared().length * Byte.SIZE;
    }

    private static boolean sameBits(byte[] a, byte[] b, int bits) {
        int whole = bits / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        int rest = bits % Byte.SIZE;
        return rest == 0 || (a[whole] ^ b[whole]) >> Byte.SIZE - rest == 0;
    }

    @Override
    public String toString() {
        return base + "/" + length;
    }
}
