package io.meridian.dns.forward;

import io.meridian.dns.wire.DnsName;

import java.net.InetAddress;
import java.util.Optional;

/**
 * The parts that answer names outside our zones.
 *
 * @param upstreams servers by suffix
 * @param clients clients that get such answers
 */
public record Forwarding(Upstreams upstreams, AllowedClients clients, Forwarder forwarder) {
    /**
     * Upstream servers for a name; empty if the suffix of our own zone is as long or longer.
     *
     * @param labelsOfOurs labels by which our zones match the name; -1 for none
     */
    public Optional<Upstreams.Choice> servers(DnsName name, int labelsOfOurs) {
        return upstreams.isEmpty()
                ? Optional.empty()
                : upstreams.of(name).filter(choice -> choice.labels() > labelsOfOurs);
    }

    /** RA: whether this client gets answers for names outside our zones. */
    public boolean isAvailableTo(InetAddress client) {
        return !upstreams.isEmpty() && clients.contains(client);
    }
}
