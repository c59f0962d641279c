package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One of Marathon's health checks of an app.
 *
 * @param fields members of the JSON object: text, {@link BigInteger}, {@link Double}, {@link
 *     Boolean}, lists and maps. Templates may refer to each of them, so all are kept.
 */
public record HealthCheck(Map<String, Object> fields) {
    private static final Set<String> HTTP = Set.of("HTTP", "HTTPS", "MESOS_HTTP", "MESOS_HTTPS");

    /** Protocol as Marathon spells it; empty if the check has none. */
    public String protocol() {
        return fields.get("protocol") instanceof String protocol ? protocol : "";
    }

    /** True for the four protocols that speak HTTP. */
    public boolean speaksHttp() {
        return HTTP.contains(protocol());
    }

    /** True for plain TCP checks, by Marathon or by Mesos. */
    public boolean speaksTcp() {
        return protocol().equals("TCP") || protocol().equals("MESOS_TCP");
    }

    /** Path of an HTTP check; {@code /} if the check has none. */
    public String path() throws RefusedException {
        Object path = fields.getOrDefault("path", "/");
        if (path instanceof String text) {
            return Text.oneLine("healthChecks path", text);
        }
        throw new RefusedException("healthChecks path=" + path + " is not text");
    }

    /** The port that the check names itself; null if there is none, or 0. */
    public @Nullable BigInteger port() {
        return fields.get("port") instanceof BigInteger port && port.signum() != 0 ? port : null;
    }

    /** Index of the app's port that the check is for; null if the check has none. */
    public @Nullable BigInteger portIndex() {
        return fields.get("portIndex") instanceof BigInteger index ? index : null;
    }

    /**
     * A number that HAProxy's check needs: {@link BigInteger} or {@link Double}.
     *
     * @throws RefusedException if the check lacks it
     */
    public Number number(String name) throws RefusedException {
        if (fields.get(name) instanceof Number number) {
            return number;
        }
        throw new RefusedException("health check lacks the number " + name);
    }

    /** The first check that names a port, which then holds for every index, or has the index. */
    public static @Nullable HealthCheck choose(List<HealthCheck> checks, BigInteger index) {
        for (HealthCheck check : checks) {
            if (check.port() != null || index.equals(check.portIndex())) {
                return check;
            }
        }
        return null;
    }
}
