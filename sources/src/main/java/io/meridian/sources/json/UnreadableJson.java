package io.meridian.sources.json;

import java.io.Serial;

/**
 * A JSON value breaks a rule of its format. The message names the place and the rule: {@code
 * path=$.tasks[0].id: is missing}.
 */
public sealed class UnreadableJson extends RuntimeException permits RefusedId {
    @Serial private static final long serialVersionUID = 1L;

    private final String path;
    private final String why;

    public UnreadableJson(String path, String why) {
        super("path=" + path + ": " + why, null, false, false);
        this.path = path;
        this.why = why;
    }

    /** Path of the value, such as {@code $.ports[2]}. */
    public String path() {
        return path;
    }

    /** The violated rule, as a clause. */
    public String why() {
        return why;
    }
}
