package io.meridian.domain.text;

import java.util.Optional;

/**
 * Text that the journal, the tables and their keys can hold: no control character (PostgreSQL
 * refuses NUL, and a line feed forges log lines), no lone surrogate (UTF-8 has none), and a bounded
 * number of bytes.
 *
 * <p>An identifier with such a fault is refused, because a changed one would name something else. A
 * name that only decorates is replaced by {@link #of}. A key of a PostgreSQL index has at most
 * 2,704 bytes; the longest key is framework, path and task id, so the bounds of these add up to
 * less.
 */
public final class StorableText {
    /** Bytes of a service's path. Marathon has no bound of its own. */
    public static final int MAX_PATH = 1024;

    /** Bytes of the id of a task, an instance, an agent or a framework, as in Mesos. */
    public static final int MAX_ID = 255;

    /**
     * Bytes of a name. Below {@link #MAX_PATH}, because a path may be a name with a slash before
     * it.
     */
    public static final int MAX_NAME = 1000;

    /** Bytes of a framework's name, which is a part of DNS names of at most 253. */
    public static final int MAX_FRAMEWORK = 200;

    private static final char REPLACEMENT = '\uFFFD';

    private StorableText() {}

    /**
     * The text as a name that decorates: U+FFFD stands for each control character and lone
     * surrogate, as in JSON decoders that cannot keep them, and the rest beyond the limit is cut
     * off at a character.
     *
     * @param maxBytes limit in UTF-8
     * @return the same text if it has no fault
     */
    public static String of(String text, int maxBytes) {
        return fault(text, maxBytes).isEmpty() ? text : replaced(text, maxBytes);
    }

    private static String replaced(String text, int maxBytes) {
        StringBuilder result = new StringBuilder();
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            int kept = isUnstorable(point) ? REPLACEMENT : point;
            bytes += bytes(kept);
            if (bytes > maxBytes) {
                break;
            }
            result.appendCodePoint(kept);
            at += Character.charCount(point);
        }
        return result.toString();
    }

    /**
     * The first fault of a text, as a clause for an operator.
     *
     * @param maxBytes limit in UTF-8
     * @return empty if there is none
     */
    public static Optional<String> fault(String text, int maxBytes) {
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            if (isUnstorable(point)) {
                return Optional.of(
                        "has %s U+%04X at position %d"
                                .formatted(
                                        Character.isISOControl(point)
                                                ? "the control character"
                                                : "the lone surrogate",
                                        point,
                                        at));
            }
            bytes += bytes(point);
            at += Character.charCount(point);
        }
        return bytes <= maxBytes
                ? Optional.empty()
                : Optional.of("has " + bytes + " bytes, more than " + maxBytes);
    }

    /**
     * The text itself, as an identifier.
     *
     * @param what the identifier's kind, such as {@code task id}, for the message
     * @throws IllegalArgumentException if the text is empty or has a fault
     */
    public static String checkedId(String text, int maxBytes, String what) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a " + what + " must not be empty");
        }
        fault(text, maxBytes)
                .ifPresent(
                        fault -> {
                            throw new IllegalArgumentException("a " + what + " " + fault);
                        });
        return text;
    }

    private static boolean isUnstorable(int point) {
        return Character.isISOControl(point)
                || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }

    private static int bytes(int point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
}
