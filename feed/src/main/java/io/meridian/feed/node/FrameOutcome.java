package io.meridian.feed.node;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.Provenance;

import java.util.List;

/** The outcome of a frame for a node's image. */
public sealed interface FrameOutcome<R extends Row, I extends Image<R, I>> {
    /** The loader for the next frame. */
    ImageLoader<R, I> next();

    /** A complete image at another revision, or with other content. {@code changes} are exact. */
    record Publish<R extends Row, I extends Image<R, I>>(
            ImageLoader<R, I> next, List<Change<R>> changes, Provenance provenance)
            implements FrameOutcome<R, I> {}

    /** The image equals the master's. */
    record Current<R extends Row, I extends Image<R, I>>(ImageLoader<R, I> next)
            implements FrameOutcome<R, I> {}

    /** The frame is older than the image and was dropped. */
    record Older<R extends Row, I extends Image<R, I>>(ImageLoader<R, I> next, long revision)
            implements FrameOutcome<R, I> {}

    /** The frame does not apply: the next poll must request a snapshot. */
    record Ask<R extends Row, I extends Image<R, I>>(ImageLoader<R, I> next, String why)
            implements FrameOutcome<R, I> {}
}
