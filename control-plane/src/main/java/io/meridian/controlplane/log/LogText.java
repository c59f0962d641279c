package io.meridian.controlplane.log;

/**
 * Text of a line in a log or on a terminal. Outside text (names, ids, messages of peers) can
 * neither begin a new line nor send escape sequences to a terminal.
 */
public final class LogText {
    private LogText() {}

    /**
     * The text with each control character, format character and lone surrogate as its Java escape,
     * such as backslash, {@code u000a}.
     */
    public static String escaped(String text) {
        int first = 0;
        while (first < text.length() && isPlain(text.charAt(first))) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); ) {
            int point = text.codePointAt(i);
            int length = Character.charCount(point);
            if (isVisible(point)) {
                out.appendCodePoint(point);
            } else {
                for (int j = i; j < i + length; j++) {
                    out.append("\\u%04x".formatted((int) text.charAt(j)));
                }
            }
            i += length;
        }
        return out.toString();
    }

    /**
     * The text, or its beginning and its length if it is longer than the limit.
     *
     * @param limit characters
     */
    public static String cut(String text, int limit) {
        return text.length() <= limit
                ? text
                : text.substring(0, limit) + "... (" + text.length() + " characters)";
    }

    private static boolean isPlain(char letter) {
        return letter >= ' ' && letter < 0x7f;
    }

    private static boolean isVisible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
