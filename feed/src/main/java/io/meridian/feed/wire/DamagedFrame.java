package io.meridian.feed.wire;

/** Bytes that are not a feed frame that this program can read. */
public final class DamagedFrame extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong with them. */
    public enum Fault {
        /** Too short, or they don't begin as our frames do. */
        NOT_A_FRAME,
        /** Bytes were changed, lost or added on the way. */
        CHECKSUM,
        /** Whole, but written by a newer program. */
        NEWER_VERSION,
        /** Whole, and yet its content makes no sense. */
        CONTENT
    }

    private final Fault fault;

    public DamagedFrame(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
