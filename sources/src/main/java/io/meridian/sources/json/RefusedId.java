package io.meridian.sources.json;

import java.io.Serial;

/**
 * An identifier is text that the domain cannot hold ({@link io.meridian.domain.text.StorableText}).
 * No service or task of such an id was ever known, so its refusal hides no known one.
 */
public final class RefusedId extends UnreadableJson {
    @Serial private static final long serialVersionUID = 1L;

    public RefusedId(String path, String why) {
        super(path, why);
    }
}
