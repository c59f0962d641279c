package io.meridian.ipvs;

/**
 * The kernel's "no" to one operation.
 *
 * @param number the errno as a positive number, for those that {@link Errno} lacks
 * @param detail what the kernel added in words; may be empty
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
