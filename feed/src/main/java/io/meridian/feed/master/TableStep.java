package io.meridian.feed.master;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.text.RowText;

import java.util.List;

/**
 * One commit as read from the database: the text, which nodes get as it is, and what it says.
 *
 * @param text the changes as {@link RowText}
 * @param changes the same, oldest first
 */
record TableStep<R extends Row>(long revision, String text, List<Change<R>> changes) {
    /**
     * Reads the text of a stored step.
     *
     * @throws io.meridian.feed.text.UnreadableText if the text is damaged
     */
    static <R extends Row> TableStep<R> of(RowText<R> text, TableStore.Step step) {
        return new TableStep<>(step.revision(), step.changes(), text.changes(step.changes()));
    }
}
