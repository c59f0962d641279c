package io.meridian.feed.text;

/** A text that {@link RowText} has not written: damaged, or of another version or table. */
public final class UnreadableText extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableText(String message, Throwable cause) {
        super(message, cause);
    }
}
