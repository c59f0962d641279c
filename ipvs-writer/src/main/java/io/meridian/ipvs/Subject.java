package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whose matter a row of the desired state is, so that each VIP can be told of its own. */
public sealed interface Subject {
    /** Everybody's: the interface, the firewall. */
    Subject HOST = new Host();

    /** That of some virtual servers, may be none. */
    record Servers(SortedSet<Endpoint> servers) implements Subject {
        public Servers {
            servers = Collections.unmodifiableSortedSet(new TreeSet<>(servers));
        }
    }

    /** That of every virtual server at an address. */
    record Address(IpAddress address) implements Subject {}

    /** Everybody's on that host or in that container. */
    record Host() implements Subject {}

    /** That of one virtual server. */
    static Subject server(Endpoint server) {
        return new Servers(new TreeSet<>(List.of(server)));
    }
}
