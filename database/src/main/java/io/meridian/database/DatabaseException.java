package io.meridian.database;

/** Thrown if the database cannot be used. The message names the database, the cause and the fix. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean isFinal;

    public DatabaseException(String message) {
        this(message, false);
    }

    /**
     * @param isFinal whether a retry is useless, because this program must not use that database
     */
    public DatabaseException(String message, boolean isFinal) {
        super(message);
        this.isFinal = isFinal;
    }

    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
        this.isFinal = false;
    }

    /** Whether a retry is useless, because this program must not use that database. */
    public boolean isFinal() {
        return isFinal;
    }
}
