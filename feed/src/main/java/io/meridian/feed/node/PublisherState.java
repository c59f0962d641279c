package io.meridian.feed.node;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.Delta;
import io.meridian.feed.Provenance;
import io.meridian.feed.TableType;

import java.util.List;
import java.util.Optional;

/**
 * One publisher and the last image that it has obeyed, so that its changes stay exact even if it
 * fails in between: the next call then carries everything since that image. One thread at a time.
 */
final class PublisherState<R extends Row, I extends Image<R, I>> {
    private final TableType<R, I> type;
    private final Publisher<R, I> publisher;
    private I obeyed;
    private boolean late;

    PublisherState(TableType<R, I> type, Publisher<R, I> publisher) {
        this.type = type;
        this.publisher = publisher;
        this.obeyed = type.empty();
    }

    String name() {
        return publisher.name();
    }

    /** Whether the publisher failed at the last image. */
    boolean late() {
        return late;
    }

    /**
     * Calls the publisher.
     *
     * @param changes from the image of the call before; looked at only if the publisher has obeyed
     *     that one
     * @return why it failed; empty if it obeyed
     */
    Optional<RuntimeException> publish(List<Change<R>> changes, I image, Provenance provenance) {
        List<Change<R>> exact = late ? Delta.between(type, obeyed, image) : changes;
        try {
            publisher.onUpdate(exact, image, provenance);
        } catch (RuntimeException e) {
            late = true;
            return Optional.of(e);
        }
        late = false;
        obeyed = image;
        return Optional.empty();
    }
}
