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
 * A publisher and the last image that it has applied. After a failure the next call carries all
 * changes since that image, so changes stay exact. One thread at a time.
 */
final class PublisherState<R extends Row, I extends Image<R, I>> {
    private final TableType<R, I> type;
    private final Publisher<R, I> publisher;
    private I applied;
    private boolean failed;

    PublisherState(TableType<R, I> type, Publisher<R, I> publisher) {
        this.type = type;
        this.publisher = publisher;
        this.applied = type.empty();
    }

    String name() {
        return publisher.name();
    }

    /** Whether the publisher failed at the last image. */
    boolean failed() {
        return failed;
    }

    /**
     * Calls the publisher.
     *
     * @param changes from the image of the call before; not read if that call failed
     * @return the publisher's failure; empty if it applied the image
     */
    Optional<RuntimeException> publish(List<Change<R>> changes, I image, Provenance provenance) {
        List<Change<R>> exact = failed ? Delta.between(type, applied, image) : changes;
        try {
            publisher.onUpdate(exact, image, provenance);
        } catch (RuntimeException e) {
            failed = true;
            return Optional.of(e);
        }
        failed = false;
        applied = image;
        return Optional.empty();
    }
}
