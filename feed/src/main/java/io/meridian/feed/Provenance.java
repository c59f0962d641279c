package io.meridian.feed;

/**
 * The revision of an image and where the image came from.
 *
 * @param revision the table's revision; each commit of the table adds one, and all masters agree on
 *     it
 */
public record Provenance(long revision, Origin origin) {
    /** The revision of a node or a master that has no image yet. */
    public static final long NO_REVISION = -1;

    public enum Origin {
        /** The node's image file, written before its restart. */
        DISK,
        /** A snapshot. */
        SNAPSHOT,
        /**
         * Changes on top of the image before, or a master's confirmation of an image from the disk.
         */
        CHANGES
    }
}
