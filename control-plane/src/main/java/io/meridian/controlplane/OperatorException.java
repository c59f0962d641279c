package io.meridian.controlplane;

import java.io.Serial;

/**
 * An error that the operator can correct. The message has what failed, the cause and the remedy.
 * Printed without a stack trace.
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
