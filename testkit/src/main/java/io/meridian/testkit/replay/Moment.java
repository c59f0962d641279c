package io.meridian.testkit.replay;

import java.time.Instant;

/** One entry of a timeline; moments are in the order in which they are played. */
public sealed interface Moment {
    Instant at();

    /** What to call it; unique for snapshots only. */
    String label();

    /** A consumer is let in. */
    record StreamOpens(Instant at, RecordedStream stream) implements Moment {
        @Override
        public String label() {
            return "open " + stream.name();
        }
    }

    /** Bytes go out. */
    record Sent(Instant at, RecordedStream stream, Piece piece) implements Moment {
        @Override
        public String label() {
            return piece.isEvent() ? piece.type() : "heartbeat";
        }
    }

    /** The server ends the connection. */
    record StreamEnds(Instant at, RecordedStream stream) implements Moment {
        @Override
        public String label() {
            return "end " + stream.name();
        }
    }

    /** REST is known exactly. */
    record SnapshotTaken(Instant at, RecordedSnapshot snapshot) implements Moment {
        @Override
        public String label() {
            return snapshot.label();
        }
    }

    /** A client changed something through the API. */
    record Requested(Instant at, LoggedRequest request) implements Moment {
        @Override
        public String label() {
            return request.method() + " " + request.target();
        }
    }

    /** What follows only tidies up after the recording. */
    record CleanUp(Instant at) implements Moment {
        @Override
        public String label() {
            return "clean-up";
        }
    }
}
