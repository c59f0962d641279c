package io.meridian.projections;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Difference between present and desired rows. */
final class TableDiff {
    private TableDiff() {}

    /** Additions, then removals, each in the given order; no change for a row in both. */
    static <R extends Row> List<Change<R>> of(Collection<R> present, Collection<R> desired) {
        Set<R> before = new LinkedHashSet<>(present);
        Set<R> after = new LinkedHashSet<>(desired);
        List<Change<R>> changes = new ArrayList<>();
        after.stream()
                .filter(row -> !before.contains(row))
                .forEach(row -> changes.add(Change.add(row)));
        before.stream()
                .filter(row -> !after.contains(row))
                .forEach(row -> changes.add(Change.remove(row)));
        return changes;
    }
}
