package io.meridian.controlplane.http;

import io.meridian.domain.net.IpAddress;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names under which browsers may ask this node. A page of a stranger's site can make its own
 * name resolve to this node's address and then read the answers (DNS rebinding); it cannot choose
 * the Host header. An IP address is never such a name.
 */
public final class HostNames {
    private final Set<String> names;

    /**
     * @param names without regard to case
     */
    public HostNames(Collection<String> names) {
        this.names =
                Stream.concat(names.stream(), Stream.of("localhost", ""))
                        .map(HostNames::normal)
                        .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether a request with that host is for this node.
     *
     * @param host of the Host header, without port; an IPv6 address with or without brackets; empty
     *     if the request has none
     */
    public boolean includes(String host) {
        return names.contains(normal(host))
                || IpAddress.parse(host.replaceAll("^\\[|]$", "")).isPresent();
    }

    private static String normal(String name) {
        return name.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }
}
