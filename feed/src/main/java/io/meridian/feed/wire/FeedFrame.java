package io.meridian.feed.wire;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Table;

import java.util.List;

/**
 * A master's answer about one table, decoded. {@code digest} is that of the whole table, see {@link
 * ImageDigest}.
 */
public sealed interface FeedFrame<R extends Row> {
    Table table();

    /** The revision of a node that has applied the frame. */
    long revision();

    long digest();

    /** The whole table at a revision. */
    record Snapshot<R extends Row>(Table table, long revision, long digest, List<R> rows)
            implements FeedFrame<R> {
        public Snapshot {
            rows = List.copyOf(rows);
        }
    }

    /**
     * The changes of all revisions behind {@code from} up to {@code to}, oldest first. A row may
     * come and go again.
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

    /** The master knows nothing newer than that revision. */
    record Unchanged<R extends Row>(Table table, long revision, long digest)
            implements FeedFrame<R> {}
}
