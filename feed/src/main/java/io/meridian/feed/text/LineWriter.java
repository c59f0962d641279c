package io.meridian.feed.text;

/**
 * Appends the fields of one line, with tabs between them. Tab, line feed and backslash within a
 * field become {@code \t}, {@code \n} and {@code \\}, as in PostgreSQL's COPY. One thread at a
 * time.
 */
final class LineWriter {
    private final StringBuilder to;
    private boolean first = true;

    LineWriter(StringBuilder to) {
        this.to = to;
    }

    LineWriter text(String value) {
        separate();
        escape(value, to);
        return this;
    }

    /** Writes decimal digits. */
    LineWriter number(int value) {
        separate();
        to.append(value);
        return this;
    }

    /** Ends the line; the next field starts another one. */
    void end() {
        to.append('\n');
        first = true;
    }

    private void separate() {
        if (!first) {
            to.append('\t');
        }
        first = false;
    }

    static void escape(String field, StringBuilder to) {
        if (isPlain(field)) {
            to.append(field);
            return;
        }
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            switch (c) {
                case '\t' -> to.append("\\t");
                case '\n' -> to.append("\\n");
                case '\\' -> to.append("\\\\");
                default -> to.append(c);
            }
        }
    }

    private static boolean isPlain(String field) {
        return field.indexOf('\\') < 0 && field.indexOf('\t') < 0 && field.indexOf('\n') < 0;
    }
}
