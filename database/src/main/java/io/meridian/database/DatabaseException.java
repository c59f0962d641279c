package io.meridian.database;

/** The database can't be used; the message says which, why, and what to do. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean isFinal;

    public DatabaseException(String message) {
        this(message, false);
    }

    /**
     * @param isFinal trying again is of no use: this program must not run on that database
     */
    public DatabaseException(String message, boolean isFinal) {
        super(message);
        this.isFinal = isFinal;
    }

    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
        this.isFinal = false;
    }

    /** Whether trying again is of no use. */
    public boolean isFinal() {
        return isFinal;
    }
}
