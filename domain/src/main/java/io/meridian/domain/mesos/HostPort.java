package io.meridian.domain.mesos;

import java.util.Optional;

/**
 * {@code host:port} of a Mesos process.
 *
 * @param host an address literal without brackets, or a host name
 * @param port 0..65535
 */
public record HostPort(String host, int port) {
    /** Reads {@code host:port} or {@code [ipv6]:port}; empty for anything else. */
    public static Optional<HostPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port > 65535 || !bracketed && host.indexOf(':') >= 0) {
            return Optional.empty();
        }
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        return bare.isEmpty() ? Optional.empty() : Optional.of(new HostPort(bare, port));
    }

    /**
     * Reads the part behind the only {@code @} of a process id, such as {@code
     * slave(1)@192.0.2.7:5051}, without surrounding quotes and blanks; empty for any other text.
     */
    public static Optional<HostPort> ofPid(String pid) {
        String bare = pid.replaceAll("^[\" ]+|[\" ]+$", "");
        int at = bare.indexOf('@');
        return at < 0 || bare.indexOf('@', at + 1) >= 0
                ? Optional.empty()
                : parse(bare.substring(at + 1));
    }
}
