package io.meridian.controlplane;

import java.io.Serial;

/**
 * Something the operator can mend; the message says what failed, why, and what to do. Shown without
 * a stack trace.
 */
public final class OperatorException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    public OperatorException(String message) {
        super(message);
    }

    public OperatorException(String message, Throwable cause) {
        super(message, cause);
    }
}
