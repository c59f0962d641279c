package io.meridian.domain.lb;

import java.util.Comparator;
import java.util.Locale;

/** Text rules of the HAProxy configuration: order, names and the characters that may appear. */
public final class Text {
    /**
     * Order by code point, the order of Marathon-LB. {@link String#compareTo} orders by UTF-16 unit
     * and differs for characters beyond U+FFFF.
     */
    public static final Comparator<String> BY_CODE_POINT = Text::compareCodePoints;

    private Text() {}

    private static int compareCodePoints(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; ) {
            int left = a.codePointAt(i);
            int right = b.codePointAt(i);
            if (left != right) {
                return Integer.compare(left, right);
            }
            i += Character.charCount(left);
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Replaces each code point outside {@code [A-Za-z0-9-]} by one underscore. */
    public static String cleaned(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '-') ? c : '_')
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    /** Lower case by the rules of Unicode, without a locale. */
    public static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** Reports whether Unicode calls the code point a blank: tab, line end, no-break space. */
    public static boolean isBlank(int codePoint) {
        return Character.isWhitespace(codePoint)
                || Character.isSpaceChar(codePoint)
                || codePoint == 0x85;
    }

    /**
     * Returns the text unchanged if it fits into one line of HAProxy's configuration. HAProxy ends
     * a directive at a line feed, so a label with one would write directives of its own.
     *
     * @param what name of the label or field, for the message
     * @throws RefusedException if the text holds a control character other than a tab
     */
    public static String oneLine(String what, String text) throws RefusedException {
        if (text.codePoints().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
            throw new RefusedException(
                    what + "=" + masked(text) + " holds a control character, such as a line feed");
        }
        return text;
    }

    /** Writes control characters as {@code \}{@code uXXXX}, so that a message stays one line. */
    public static String masked(String text) {
        StringBuilder masked = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            if (Character.isISOControl(c)) {
                                masked.append(String.format(Locale.ROOT, "\\u%04x", c));
                            } else {
                                masked.appendCodePoint(c);
                            }
                        });
        return masked.toString();
    }
}
