package io.meridian.actors.journal;

import java.io.NotSerializableException;
import java.io.Serial;

/**
 * A journal entry that this program cannot read. Its entity stays down, because without the entry
 * it would lose state.
 */
public final class UnreadableEvent extends NotSerializableException {
    @Serial private static final long serialVersionUID = 1;

    UnreadableEvent(String message) {
        super(message);
    }

    UnreadableEvent(String message, Throwable cause) {
        super(message);
        initCause(cause);
    }
}
