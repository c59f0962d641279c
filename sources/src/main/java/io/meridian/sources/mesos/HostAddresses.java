package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;

import java.util.List;

/** Resolves hosts from what is known now, without waiting. */
@FunctionalInterface
interface HostAddresses {
    /**
     * @param host an address or a name
     * @return the address itself; the resolved addresses of a name, empty before its first lookup
     */
    List<IpAddress> of(String host);
}
