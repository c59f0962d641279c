package io.meridian.netlink;

import io.meridian.libc.Errno;

/**
 * The errno by which the kernel rejected one request.
 *
 * @param number the errno as a positive number; tells numbers apart for which {@code errno} is
 *     OTHER
 * @param detail the kernel's own error text (NLMSGERR_ATTR_MSG); may be empty
 */
public record Refusal(Errno errno, int number, String detail) {
    public static Refusal of(Errno errno) {
        return new Refusal(errno, errno.number(), "");
    }

    public static Refusal of(int number, String detail) {
        return new Refusal(Errno.of(number), number, detail);
    }

    /** {@code ESRCH (3), no such object}. */
    @Override
    public String toString() {
        return errno + " (" + number + "), " + (detail.isEmpty() ? errno.text() : detail);
    }
}
