package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The virtual servers that a failed row affects; selects the VIPs whose status shows the failure.
 */
public sealed interface AffectedServers {
    /** A failure of the interface or the firewall affects every virtual server. */
    AffectedServers ALL = new All();

    /** These virtual servers; may be empty. */
    record Listed(SortedSet<Endpoint> servers) implements AffectedServers {
        public Listed {
            servers = Collections.unmodifiableSortedSet(new TreeSet<>(servers));
        }
    }

    /** Every virtual server at this address. */
    record AtAddress(IpAddress address) implements AffectedServers {}

    /** Every virtual server of the host or container. */
    record All() implements AffectedServers {}

    /** One virtual server. */
    static AffectedServers of(Endpoint server) {
        return new Listed(new TreeSet<>(List.of(server)));
    }
}
