package io.meridian.feed.text;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneRow;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes and reads the rows and changes of one table as text. The database keeps this text, feed
 * frames carry it and image files hold it, so a row has one form everywhere. Immutable, any thread.
 *
 * <p>A row is a line: its fields but the owner, with tabs between them. Rows of one owner are their
 * lines. Changes are lines too: {@code =OWNER} starts the changes of an owner, {@code +ROW} adds a
 * row of that owner, {@code -ROW} removes one. Texts of changes may be put one behind the other:
 * the result is the text of all these changes. Any text of valid Unicode comes back as it was.
 */
public final class RowText<R extends Row> {
    public static final RowText<ZoneRow> ZONE = new RowText<>(new ZoneRowFormat());
    public static final RowText<VipRow> VIP = new RowText<>(new VipRowFormat());

    private final RowFormat<R> format;

    private RowText(RowFormat<R> format) {
        this.format = format;
    }

    /** Appends the line of one row, without its owner. */
    public void write(R row, StringBuilder to) {
        LineWriter line = new LineWriter(to);
        format.write(row, line);
        line.end();
    }

    /**
     * Writes rows of one owner; empty for none.
     *
     * @param rows of one owner
     */
    public String rows(Iterable<R> rows) {
        StringBuilder out = new StringBuilder();
        for (R row : rows) {
            write(row, out);
        }
        return out.toString();
    }

    /**
     * Reads what {@link #rows(Iterable)} wrote.
     *
     * @throws UnreadableText if the text is not rows of this table
     */
    public List<R> rows(String owner, String text) {
        List<R> rows = new ArrayList<>();
        addRows(owner, text, rows);
        return rows;
    }

    /**
     * Reads what {@link #rows(Iterable)} wrote and appends the rows to a list.
     *
     * @throws UnreadableText if the text is not rows of this table
     */
    public void addRows(String owner, String text, List<R> to) {
        try {
            LineReader lines = new LineReader(text);
            while (lines.hasLine()) {
                lines.start();
                to.add(row(owner, lines));
            }
        } catch (IllegalArgumentException e) {
            throw unreadable("rows of owner \"" + owner + "\"", e);
        }
    }

    /** Writes changes and keeps their order; empty for none. */
    public String changes(Iterable<Change<R>> changes) {
        StringBuilder out = new StringBuilder();
        String owner = null;
        for (Change<R> change : changes) {
            String next = change.row().owner();
            if (!next.equals(owner)) {
                owner = next;
                start(owner, out);
            }
            out.append(change.added() ? '+' : '-');
            write(change.row(), out);
        }
        return out.toString();
    }

    /**
     * Writes a whole table as changes that add its rows: a text for each owner, sorted by owner.
     * The rows of an owner resemble each other, so they deflate well side by side.
     *
     * @param rows the order of one owner's rows is kept
     */
    public List<String> table(List<R> rows) {
        SortedMap<String, StringBuilder> byOwner = new TreeMap<>();
        for (R row : rows) {
            StringBuilder out = byOwner.computeIfAbsent(row.owner(), RowText::started);
            out.append('+');
            write(row, out);
        }
        return byOwner.values().stream().map(StringBuilder::toString).toList();
    }

    /**
     * Reads what {@link #changes(Iterable)} or {@link #table} wrote, in its order.
     *
     * @throws UnreadableText if the text is not changes of this table
     */
    public List<Change<R>> changes(String text) {
        List<Change<R>> changes = new ArrayList<>();
        try {
            LineReader lines = new LineReader(text);
            String owner = null;
            while (lines.hasLine()) {
                lines.start();
                char mark = lines.mark();
                if (mark == '=') {
                    owner = lines.text();
                    lines.end();
                } else {
                    changes.add(change(mark, owner, lines));
                }
            }
        } catch (IllegalArgumentException e) {
            throw unreadable("changes", e);
        }
        return changes;
    }

    private Change<R> change(char mark, @Nullable String owner, LineReader lines) {
        if (mark != '+' && mark != '-' || owner == null) {
            throw new IllegalArgumentException(
                    "line starts with '" + mark + "' where owner=" + owner);
        }
        return new Change<>(mark == '+', row(owner, lines));
    }

    private R row(String owner, LineReader lines) {
        R row = format.read(owner, lines);
        lines.end();
        return row;
    }

    private static StringBuilder started(String owner) {
        StringBuilder out = new StringBuilder();
        start(owner, out);
        return out;
    }

    private static void start(String owner, StringBuilder out) {
        out.append('=');
        LineWriter.escape(owner, out);
        out.append('\n');
    }

    private static UnreadableText unreadable(String what, IllegalArgumentException cause) {
        return new UnreadableText("cannot read " + what + ": " + cause.getMessage(), cause);
    }
}
