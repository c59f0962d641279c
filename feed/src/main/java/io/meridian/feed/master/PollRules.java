package io.meridian.feed.master;

/** Decides how a master answers a poll. Pure. */
final class PollRules {
    private PollRules() {}

    enum Answer {
        /** Keep the poll open until something is newer or its time is up. */
        HOLD,
        /** Refuse: the master has not read the table yet. */
        NO_IMAGE,
        /** Refuse: the master cannot read the database and the node has a later revision. */
        DATABASE_AWAY,
        /** Send the whole table. */
        SNAPSHOT,
        /** Send the changes behind the node's revision, or the whole table. */
        NEWER,
        /** Tell the master's revision and digest. */
        UNCHANGED
    }

    /**
     * The state of the master's table.
     *
     * @param loaded whether the master has an image
     * @param revision of that image
     * @param databaseAway whether the last read of the database failed
     */
    record State(boolean loaded, long revision, boolean databaseAway) {
        /** Such a master must not make the node believe that the table went back. */
        private boolean mustNotContradict(long after) {
            return after > revision && databaseAway;
        }
    }

    /**
     * Decides on a poll that has just arrived.
     *
     * @param after the node's revision
     * @param snapshot whether the node needs a snapshot
     * @param waitsForImage whether the node has no other master to poll
     */
    static Answer onArrival(long after, boolean snapshot, boolean waitsForImage, State state) {
        if (!state.loaded()) {
            return waitsForImage ? Answer.HOLD : Answer.NO_IMAGE;
        }
        if (state.mustNotContradict(after)) {
            return Answer.DATABASE_AWAY;
        }
        if (snapshot) {
            return Answer.SNAPSHOT;
        }
        return after >= state.revision() ? Answer.HOLD : Answer.NEWER;
    }

    /** Decides on a held poll whose time is up. */
    static Answer onTimeout(long after, State state) {
        if (!state.loaded()) {
            return Answer.NO_IMAGE;
        }
        return state.mustNotContradict(after) ? Answer.DATABASE_AWAY : Answer.UNCHANGED;
    }

    /**
     * Whether an encoded snapshot brings a node forward.
     *
     * <p>A node that needs a snapshot, or is ahead of the master, takes any that is not older than
     * both of them. A node that is behind gets here when its changes do not fit into one message;
     * the snapshot of its own revision would then be sent again for ever.
     *
     * @param frame the snapshot's revision
     * @param after the node's revision
     * @param snapshot whether the node needs a snapshot
     * @param revision the master's revision
     */
    static boolean brings(long frame, long after, boolean snapshot, long revision) {
        return snapshot || after >= revision ? frame >= Math.min(after, revision) : frame > after;
    }
}
