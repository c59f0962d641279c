package io.meridian.feed;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;

import org.jspecify.annotations.Nullable;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Computes exact changes: every row at most once, additions before removals, each sorted. Pure. */
public final class Delta {
    private Delta() {}

    /** Returns the changes that lead from one image to another. */
    public static <R extends Row, I extends Image<R, I>> List<Change<R>> between(
            TableType<R, I> type, I before, I after) {
        List<R> old = before.rows();
        List<R> now = after.rows();
        List<Change<R>> added = new ArrayList<>();
        List<Change<R>> removed = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < old.size() || j < now.size()) {
            int order =
                    i == old.size()
                            ? 1
                            : j == now.size() ? -1 : type.order().compare(old.get(i), now.get(j));
            if (order < 0) {
                removed.add(Change.remove(old.get(i++)));
            } else if (order > 0) {
                added.add(Change.add(now.get(j++)));
            } else {
                i++;
                j++;
            }
        }
        added.addAll(removed);
        return added;
    }

    /**
     * Returns {@link #between}, computed on first use: publishers that take the image as a whole
     * never pay for it.
     */
    public static <R extends Row, I extends Image<R, I>> List<Change<R>> lazyBetween(
            TableType<R, I> type, I before, I after) {
        return new LazyDelta<>(type, before, after);
    }

    private static final class LazyDelta<R extends Row, I extends Image<R, I>>
            extends AbstractList<Change<R>> {
        private final TableType<R, I> type;
        private final I before;
        private final I after;
        private volatile @Nullable List<Change<R>> changes; // two threads may both compute it

        private LazyDelta(TableType<R, I> type, I before, I after) {
            this.type = type;
            this.before = before;
            this.after = after;
        }

        private List<Change<R>> changes() {
            List<Change<R>> found = changes;
            if (found == null) {
                found = between(type, before, after);
                changes = found;
            }
            return found;
        }

        @Override
        public Change<R> get(int index) {
            return changes().get(index);
        }

        @Override
        public int size() {
            return changes().size();
        }
    }

    /**
     * Returns the changes that have an effect on the image when applied in order. A row that comes
     * and goes again has none.
     */
    public static <R extends Row, I extends Image<R, I>> List<Change<R>> effective(
            TableType<R, I> type, I image, List<Change<R>> changes) {
        Map<R, Boolean> last = HashMap.newHashMap(changes.size());
        changes.forEach(change -> last.put(change.row(), change.added()));
        List<Change<R>> effective = new ArrayList<>(last.size());
        last.forEach(
                (row, added) -> {
                    if (image.contains(row) != added) {
                        effective.add(new Change<>(added, row));
                    }
                });
        return sorted(type, effective);
    }

    /** Returns the changes that lead from the empty image to these rows. */
    public static <R extends Row> List<Change<R>> all(List<R> rows) {
        return rows.stream().map(Change::add).toList();
    }

    public static <R extends Row> List<Change<R>> sorted(
            TableType<R, ?> type, List<Change<R>> changes) {
        return changes.stream()
                .sorted(
                        Comparator.<Change<R>, Boolean>comparing(change -> !change.added())
                                .thenComparing(Change::row, type.order()))
                .toList();
    }
}
