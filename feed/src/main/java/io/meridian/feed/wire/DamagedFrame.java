package io.meridian.feed.wire;

/** Thrown for bytes that are no feed frame, or none that this program can read. */
public final class DamagedFrame extends Exception {
    private static final long serialVersionUID = 1L;

    /** The kind of damage. */
    public enum Fault {
        /** The bytes are too short or do not start with {@code MF}. */
        NOT_A_FRAME,
        /** The checksum does not fit: bytes were changed, lost or added. */
        CHECKSUM,
        /** A newer program wrote the frame. */
        NEWER_VERSION,
        /** The checksum fits, but the content makes no frame of the table. */
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
