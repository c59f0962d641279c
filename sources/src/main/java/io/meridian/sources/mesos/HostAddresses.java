package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;

import java.util.List;

/** Resolves hosts from a cache, without waiting for a lookup. */
@FunctionalInterface
interface HostAddresses {
    /**
     * @param host an address literal or a host name
     * @return the address itself, or the cached addresses of the name; empty before the name's
     *     first lookup
     */
    List<IpAddress> of(String host);
}
