package io.meridian.sources.mesos;

/**
 * The framework that a Marathon source reads. Names of frameworks are not unique: two Marathons in
 * two roles may both be called {@code marathon}.
 *
 * @param name {@code sources.marathon.framework-name}
 * @param id {@code sources.marathon.framework-id}; empty for every framework of that name
 */
public record MarathonFramework(String name, String id) {
    boolean is(String otherName, String otherId) {
        return name.equals(otherName) && (id.isEmpty() || id.equals(otherId));
    }
}
