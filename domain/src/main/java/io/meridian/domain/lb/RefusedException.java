package io.meridian.domain.lb;

/** Input that cannot be served. The message is a clause that names the field and its value. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    public RefusedException(String message) {
        super(message);
    }
}
