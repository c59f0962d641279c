package io.meridian.testkit.replay;

import java.time.Instant;

/** One entry of a timeline; moments are in the order in which they are played. */
public sealed interface Moment {
    Instant at();

    /** The label of the moment; unique for snapshots only. */
    String label();

    /** The server accepts consumers of a connection. */
    record StreamOpens(Instant at, RecordedStream stream) implements Moment {
        @Override
        public String label() {
            return "open " + stream.name();
        }
    }

    /** The server sends a piece of the stream. */
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

    /** A snapshot: all REST answers are known. */
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

    /** Cleaning up begins: later moments only remove the recording's services. */
    record CleanUp(Instant at) implements Moment {
        @Override
        public String label() {
            return "clean-up";
        }
    }
}
