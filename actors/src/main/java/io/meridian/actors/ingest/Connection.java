package io.meridian.actors.ingest;

import java.time.Instant;

/** State of the source's event stream, and the number of its attachment. */
final class Connection {
    private boolean attached;
    private int number;
    private String detail = "not yet attached";
    private Instant since;

    Connection(Instant start) {
        this.since = start;
    }

    void attached(String leader, Instant now) {
        attached = true;
        number++;
        detail = leader;
        since = now;
    }

    void detached(String cause, Instant now) {
        if (attached) {
            since = now;
        }
        attached = false;
        detail = cause;
    }

    boolean isAttached() {
        return attached;
    }

    /** Whether the stream has not been lost since that attachment. */
    boolean isCurrent(int attachment) {
        return attached && attachment == number;
    }

    /** Number of attachments so far. */
    int number() {
        return number;
    }

    /** The leader while attached; else why the stream is not open. */
    String detail() {
        return detail;
    }

    /** When the stream was last attached or lost; the start before the first attachment. */
    Instant since() {
        return since;
    }
}
