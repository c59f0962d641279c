package io.meridian.feed;

/**
 * Where an image came from.
 *
 * @param revision the table's revision that the image shows; revisions are global, each commit of
 *     the table adds one
 */
public record Provenance(long revision, Origin origin) {
    /** The revision of a node or a master that has no image yet. */
    public static final long NO_REVISION = -1;

    public enum Origin {
        /** The node's own file, from before its restart. */
        DISK,
        /** A full feed frame. */
        SNAPSHOT,
        /**
         * Changes on top of the image before; none if a master has confirmed an image that came
         * from the disk.
         */
        CHANGES
    }
}
