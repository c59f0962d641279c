package io.meridian.controlplane.admin;

import java.io.Serial;

/**
 * A part that an answer needs does not answer now: the database, the journal's entities or the
 * feed. The admin HTTP answers 503 with the message.
 */
public final class UnavailableException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    /**
     * @param message names the part and its error
     */
    public UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
