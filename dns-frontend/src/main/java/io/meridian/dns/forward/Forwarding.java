package io.meridian.dns.forward;

import io.meridian.dns.wire.DnsName;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Everything about names outside our zones: who may ask, who is asked, and how.
 *
 * @param clients who gets more than our own zones
 */
public record Forwarding(Upstreams upstreams, AllowedClients clients, Forwarder forwarder) {
    /** Servers for a name, if it is not for us to answer: of both suffixes the longer wins. */
    public Optional<Upstreams.Choice> servers(DnsName name, int labelsOfOurs) {
        return upstreams.isEmpty()
                ? Optional.empty()
                : upstreams.of(name).filter(choice -> choice.labels() > labelsOfOurs);
    }

    /** RA: whether this client would get an answer for any name outside our zones. */
    public boolean isAvailableTo(InetAddress client) {
        return !upstreams.isEmpty() && clients.contains(client);
    }
}
