package io.meridian.domain.service;

import io.meridian.domain.text.StorableText;

import java.util.List;

/**
 * A Marathon app or pod, or the tasks of another framework that share a discovery name. Holds no
 * text that the journal cannot hold ({@link StorableText}).
 *
 * @param framework framework name, such as {@code marathon}; has no colon, see {@link #of}
 * @param path for Marathon the absolute id, such as {@code /shop/web}
 */
public record ServiceId(String framework, String path) implements Comparable<ServiceId> {
    /** Most characters that {@link #of} writes for one. */
    private static final int ESCAPED = 3;

    public ServiceId {
        if (framework.isEmpty() || framework.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "framework must be a name without colon: was \"" + framework + "\"");
        }
        StorableText.checkedId(framework, ESCAPED * StorableText.MAX_FRAMEWORK, "framework");
        StorableText.checkedId(path, StorableText.MAX_PATH, "service id");
    }

    /**
     * The id for a framework of any name of at most {@value StorableText#MAX_FRAMEWORK} bytes. A
     * colon in the name becomes {@code %3A}, a percent sign {@code %25}.
     */
    public static ServiceId of(String frameworkName, String path) {
        return new ServiceId(frameworkName.replace("%", "%25").replace(":", "%3A"), path);
    }

    /** The framework's name without escapes, as passed to {@link #of}. */
    public String frameworkName() {
        return framework.replace("%3A", ":").replace("%25", "%");
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException if the text has no colon or is no id
     */
    public static ServiceId parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("\"" + text + "\" is not framework:path");
        }
        return new ServiceId(text.substring(0, colon), text.substring(colon + 1));
    }

    /**
     * The name Marathon gives a task's DiscoveryInfo: the id's segments in reverse, {@code
     * web.shop} for {@code /shop/web}; for other frameworks the path is that name already.
     */
    public String discoveryName() {
        return path.startsWith("/")
                ? String.join(".", List.of(path.substring(1).split("/")).reversed())
                : path;
    }

    @Override
    public int compareTo(ServiceId other) {
        return framework.equals(other.framework)
                ? path.compareTo(other.path)
                : framework.compareTo(other.framework);
    }

    /** {@code marathon:/shop/web}; also the entity id. */
    @Override
    public String toString() {
        return framework + ":" + path;
    }
}
