package io.meridian.feed.node;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.Provenance;

import java.util.List;

/**
 * Applies each new image to something outside the feed: DNS, the kernel. Called by one thread at a
 * time, never with an incomplete image. The first call of a run carries the changes from the empty
 * image, so a publisher needs no start-up code of its own. A publisher that throws is called again
 * with all that it missed.
 */
public interface Publisher<R extends Row, I extends Image<R, I>> {
    /** A name for logs and metrics, such as {@code dns-zone}. */
    String name();

    /**
     * @param changes the difference from the image of the last call that did not throw; from {@code
     *     EMPTY} at first
     * @param image the whole table
     */
    void onUpdate(List<Change<R>> changes, I image, Provenance provenance);
}
