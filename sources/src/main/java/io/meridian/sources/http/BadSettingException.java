package io.meridian.sources.http;

import java.io.Serial;

/** A setting has an unusable value. The message names key, value, range and origin. */
public final class BadSettingException extends IllegalArgumentException {
    @Serial private static final long serialVersionUID = 1L;

    public BadSettingException(String message) {
        super(message);
    }
}
