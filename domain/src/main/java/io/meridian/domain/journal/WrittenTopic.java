package io.meridian.domain.journal;

/**
 * The topic that the journal publishes to after each committed write, on all masters. A message is
 * the entity type of written events. A lost message delays a projection until its next poll.
 */
public final class WrittenTopic {
    public static final String NAME = "journal-written";

    private WrittenTopic() {}
}
