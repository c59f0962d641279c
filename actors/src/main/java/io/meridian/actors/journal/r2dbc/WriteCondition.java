package io.meridian.actors.journal.r2dbc;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether the journal takes writes. Logs one line when that changes, not one for each write that
 * fails. Any thread.
 */
final class WriteCondition {
    private static final Logger LOG = LoggerFactory.getLogger(WriteCondition.class);

    private final AtomicBoolean failing = new AtomicBoolean();

    /**
     * A write has ended.
     *
     * @param failure null if the journal has taken or refused the events
     */
    void note(@Nullable Throwable failure) {
        boolean fails = failure != null;
        if (failing.getAndSet(fails) == fails) {
            return;
        }
        if (fails) {
            LOG.warn(
                    "cannot write events: {}; entities write again until the database takes them",
                    JournalSql.unwrapped(failure).toString());
        } else {
            LOG.info("the journal takes events again");
        }
    }
}
