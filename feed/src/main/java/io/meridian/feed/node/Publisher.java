package io.meridian.feed.node;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.Provenance;

import java.util.List;

/**
 * Obeys images. Called by one thread at a time, never with an incomplete image. The first call of a
 * run carries the changes from the empty image, so a publisher needs no start-up code of its own.
 */
public interface Publisher<R extends Row, I extends Image<R, I>> {
    /** For logs and metrics, such as {@code dns-zone}. */
    String name();

    /**
     * @param changes what differs from the image of the call before (from {@code EMPTY} at first)
     * @param image the whole
     */
    void onUpdate(List<Change<R>> changes, I image, Provenance provenance);
}
