package io.meridian.projections;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.projections.SqlTable.Column;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows and changes as the database keeps them, so that it has one value to store, index and send
 * where there are many rows. A line for each row: its fields but the owner, with tabs between them.
 * In changes a line {@code =OWNER} goes before those of an owner, and each begins with {@code +} or
 * {@code -}. Tab, line feed and backslash are written {@code \t}, {@code \n} and {@code \\}, as
 * PostgreSQL's COPY does. Lossless for any text. The schema's step 4 writes the same.
 */
final class RowText<R extends Row> {
    private final SqlTable<R> table;

    RowText(SqlTable<R> table) {
        this.table = table;
    }

    /** Fields of one row after another, in the order of the columns. */
    static final class Fields {
        static final int SLOTS = 8;

        private final String text;
        private final boolean escapes;
        private int at;
        private int lineEnd = -1;
        private final String[] last = new String[SLOTS];

        private Fields(String text) {
            this.text = text;
            this.escapes = text.indexOf('\\') >= 0;
        }

        String string() {
            int end = end();
            String field = text.substring(at, end);
            at = end + 1;
            return escapes && field.indexOf('\\') >= 0 ? plain(field) : field;
        }

        /**
         * For a column that rows often have the same in: one object for all those.
         *
         * @param slot which earlier field it may be the same as: the last one with this number, 0
         *     to {@value #SLOTS} - 1
         */
        String repeated(int slot) {
            int end = end();
            String before = last[slot];
            if (!escapes
                    && before != null
                    && end - at == before.length()
                    && text.startsWith(before, at)) {
                at = end + 1;
                return before;
            }
            last[slot] = string();
            return last[slot];
        }

        /**
         * @throws IllegalStateException if it is the name of none of them
         */
        <E extends Enum<E>> E constant(E[] all) {
            int end = end();
            for (E one : all) {
                if (end - at == one.name().length() && text.startsWith(one.name(), at)) {
                    at = end + 1;
                    return one;
                }
            }
            throw new IllegalStateException("unknown: " + string());
        }

        private int end() {
            if (at > lineEnd) {
                lineEnd = text.indexOf('\n', at);
                if (lineEnd < 0) {
                    throw new IllegalStateException("a row ends early: " + text.substring(at));
                }
            }
            int tab = text.indexOf('\t', at, lineEnd);
            return tab < 0 ? lineEnd : tab;
        }

        int number() {
            return Integer.parseInt(string());
        }

        private boolean more() {
            return at < text.length();
        }

        private char mark() {
            return text.charAt(at++);
        }
    }

    /**
     * @param rows of one owner
     */
    String rows(Iterable<R> rows) {
        StringBuilder out = new StringBuilder();
        for (R row : rows) {
            line(row, out);
        }
        return out.toString();
    }

    List<R> rows(String owner, String text) {
        List<R> rows = new ArrayList<>();
        addRows(owner, text, rows);
        return rows;
    }

    void addRows(String owner, String text, List<R> to) {
        Fields fields = new Fields(text);
        while (fields.more()) {
            to.add(table.reader().apply(owner, fields));
        }
    }

    /** Keeps the order of the changes. */
    String changes(Iterable<Change<R>> changes) {
        StringBuilder out = new StringBuilder();
        String owner = null;
        for (Change<R> change : changes) {
            if (!change.row().owner().equals(owner)) {
                owner = change.row().owner();
                out.append('=');
                escaped(owner, out);
                out.append('\n');
            }
            out.append(change.added() ? '+' : '-');
            line(change.row(), out);
        }
        return out.toString();
    }

    List<Change<R>> changes(String text) {
        Fields fields = new Fields(text);
        List<Change<R>> changes = new ArrayList<>();
        String owner = null;
        while (fields.more()) {
            char mark = fields.mark();
            if (mark == '=') {
                owner = fields.string();
            } else if (owner != null && (mark == '+' || mark == '-')) {
                changes.add(new Change<>(mark == '+', table.reader().apply(owner, fields)));
            } else {
                throw new IllegalStateException("not a change: " + mark);
            }
        }
        return changes;
    }

    private void line(R row, StringBuilder out) {
        boolean first = true;
        for (Column<R> column : table.columns()) {
            if (!first) {
                out.append('\t');
            }
            first = false;
            escaped(column.value().apply(row).toString(), out);
        }
        out.append('\n');
    }

    private static void escaped(String field, StringBuilder out) {
        if (isPlain(field)) {
            out.append(field);
            return;
        }
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            switch (c) {
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\\' -> out.append("\\\\");
                default -> out.append(c);
            }
        }
    }

    /** Nearly every field is: it is copied as a whole then. */
    private static boolean isPlain(String field) {
        return field.indexOf('\\') < 0 && field.indexOf('\t') < 0 && field.indexOf('\n') < 0;
    }

    private static String plain(String field) {
        StringBuilder out = new StringBuilder(field.length());
        boolean escape = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (!escape && c == '\\') {
                escape = true;
                continue;
            }
            if (escape && c != 't' && c != 'n' && c != '\\') {
                throw new IllegalStateException("no escape: " + field);
            }
            out.append(escape && c == 't' ? '\t' : escape && c == 'n' ? '\n' : c);
            escape = false;
        }
        if (escape) {
            throw new IllegalStateException("an escape ends early: " + field);
        }
        return out.toString();
    }
}
