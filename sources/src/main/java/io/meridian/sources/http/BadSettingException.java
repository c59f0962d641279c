package io.meridian.sources.http;

import java.io.Serial;

/**
 * A setting has a value that can't be used. The message names key, value and range, and where the
 * value came from.
 */
public final class BadSettingException extends IllegalArgumentException {
    @Serial private static final long serialVersionUID = 1L;

    public BadSettingException(String message) {
        super(message);
    }
}
