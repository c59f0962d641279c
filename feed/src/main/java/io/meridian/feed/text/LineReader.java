package io.meridian.feed.text;

import org.jspecify.annotations.Nullable;

import java.util.function.Function;

/**
 * Reads lines of fields that {@link LineWriter} wrote. Any text that no line writer writes is
 * refused with an {@link IllegalArgumentException}. One thread at a time.
 */
final class LineReader {
    /** Number of slots of {@link #repeated}. */
    static final int SLOTS = 8;

    private final String text;
    private final boolean escapes;
    private final @Nullable String[] last = new @Nullable String[SLOTS];
    private int at;
    private int lineEnd;

    LineReader(String text) {
        this.text = text;
        this.escapes = text.indexOf('\\') >= 0;
    }

    /** Whether another line follows. To be asked between two lines. */
    boolean hasLine() {
        return at < text.length();
    }

    /** Starts the next line. */
    void start() {
        lineEnd = text.indexOf('\n', at);
        if (lineEnd < 0) {
            throw new IllegalArgumentException("line without end: " + text.substring(at));
        }
    }

    /** The mark that the line starts with; its fields follow. */
    char mark() {
        return text.charAt(at++);
    }

    /** Ends the line, which must have no field left. */
    void end() {
        if (at != lineEnd + 1) {
            throw new IllegalArgumentException(
                    "line with more fields than its row: " + text.substring(at, lineEnd));
        }
    }

    String text() {
        int end = fieldEnd();
        String field = text.substring(at, end);
        at = end + 1;
        return escapes && field.indexOf('\\') >= 0 ? unescaped(field) : field;
    }

    /**
     * Reads a field that rows often share, and returns the same object for equal neighbours: a
     * table of 100,000 rows then holds one string for each zone, not 100,000.
     *
     * @param slot remembers the last field read with this number, 0 to {@value #SLOTS} - 1
     */
    String repeated(int slot) {
        int end = fieldEnd();
        String before = last[slot];
        if (!escapes
                && before != null
                && end - at == before.length()
                && text.startsWith(before, at)) {
            at = end + 1;
            return before;
        }
        String field = text();
        last[slot] = field;
        return field;
    }

    int number() {
        int end = fieldEnd();
        int value = Integer.parseInt(text, at, end, 10);
        at = end + 1;
        return value;
    }

    /** Reads the one of the constants with that label. */
    <E> E constant(E[] all, Function<E, String> label) {
        int end = fieldEnd();
        for (E one : all) {
            String name = label.apply(one);
            if (end - at == name.length() && text.startsWith(name, at)) {
                at = end + 1;
                return one;
            }
        }
        throw new IllegalArgumentException("unknown constant: " + text.substring(at, end));
    }

    private int fieldEnd() {
        if (at > lineEnd) {
            throw new IllegalArgumentException("line with fewer fields than its row");
        }
        int tab = text.indexOf('\t', at, lineEnd);
        return tab < 0 ? lineEnd : tab;
    }

    private static String unescaped(String field) {
        StringBuilder out = new StringBuilder(field.length());
        boolean escape = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (!escape && c == '\\') {
                escape = true;
                continue;
            }
            if (escape && c != 't' && c != 'n' && c != '\\') {
                throw new IllegalArgumentException("unknown escape: " + field);
            }
            out.append(escape && c == 't' ? '\t' : escape && c == 'n' ? '\n' : c);
            escape = false;
        }
        if (escape) {
            throw new IllegalArgumentException("field ends within an escape: " + field);
        }
        return out.toString();
    }
}
