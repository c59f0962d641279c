package io.meridian.sources.http;

import java.io.Serial;

/**
 * A server, or something on the way to it, did not give what was asked for. The message is for
 * people.
 */
public final class Refused extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    public Refused(String message) {
        super(message, null, false, false);
    }
}
