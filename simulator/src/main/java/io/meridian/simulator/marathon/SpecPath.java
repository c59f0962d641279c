package io.meridian.simulator.marathon;

import java.util.regex.Pattern;

/** Ids of apps, pods and groups: absolute paths. */
final class SpecPath {
    private static final Pattern SEGMENT =
            Pattern.compile(
                    "^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])$");
    private static final String RULE =
            "must fully match regular expression "
                + "'^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$'";

    private SpecPath() {}

    /**
     * The absolute form of an id from a body. @throws ApiRefusal 422 if a segment is not allowed
     */
    static String checked(String id) {
        String absolute = absolute(id);
        if (absolute.equals("/")) {
            throw ApiRefusal.invalidObject("/id", RULE);
        }
        for (String segment : absolute.substring(1).split("/", -1)) {
            if (!SEGMENT.matcher(segment).matches()) {
                throw ApiRefusal.invalidObject("/id", RULE);
            }
        }
        return absolute;
    }

    /** {@code a/b}, {@code /a/b} and {@code //a/b} are all {@code /a/b}. */
    static String absolute(String id) {
        String path = id.replaceAll("^/+", "");
        return "/" + path;
    }

    /** {@code /a} of {@code /a/b}; {@code /} of {@code /a}. */
    static String parent(String id) {
        int slash = id.lastIndexOf('/');
        return slash <= 0 ? "/" : id.substring(0, slash);
    }
}
