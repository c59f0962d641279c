package io.meridian.sources.marathon;

import java.io.Serial;

/**
 * Marathon, or something on the way to it, did not give what was asked for. The message is for
 * people.
 */
final class Refused extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    Refused(String message) {
        super(message, null, false, false);
    }
}
