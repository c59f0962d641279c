package io.meridian.feed.wire;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Table;

import java.util.List;

/**
 * What a master tells a node about one table. {@code digest} is that of the whole table, see {@link
 * ImageDigest}.
 */
public sealed interface FeedFrame<R extends Row> {
    Table table();

    /** The revision that a node has reached once it has obeyed the frame. */
    long revision();

    /** The whole table at a revision. */
    record Snapshot<R extends Row>(Table table, long revision, List<R> rows)
            implements FeedFrame<R> {
        public Snapshot {
            rows = List.copyOf(rows);
        }
    }

    /**
     * What leads from one revision to a later one: every row at most once, only what differs.
     *
     * @param digest of the table at {@code to}
     */
    record Changes<R extends Row>(
            Table table, long from, long to, long digest, List<Change<R>> changes)
            implements FeedFrame<R> {
        public Changes {
            changes = List.copyOf(changes);
        }

        @Override
        public long revision() {
            return to;
        }
    }

    /** Nothing is newer than that revision, as far as the master knows. */
    record Unchanged<R extends Row>(Table table, long revision, long digest)
            implements FeedFrame<R> {}
}
