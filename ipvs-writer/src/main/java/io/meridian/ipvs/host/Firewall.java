package io.meridian.ipvs.host;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * This host's firewall around VIPs, as DC/OS sets it up (dcos-net 0.1, 2.4), for both address
 * families. IPv6 is maintained from the first IPv6 VIP on. One thread at a time.
 */
final class Firewall implements HostPrerequisites {
    private static final String KEEPING = "meridian-clients";
    private static final String KEEPING_IPV6 = "meridian-clients-ipv6";

    /**
     * Minimum time between two audits: listing rules starts programs, so not every audit of the
     * kernel does.
     */
    private static final Duration BETWEEN_AUDITS = Duration.ofSeconds(10);

    private final FirewallFamily ipv4;
    private final FirewallFamily ipv6;
    private final InstantSource clock;
    private Instant nextAudit = Instant.MIN;
    private boolean seenIpv6;

    private Firewall(FirewallFamily ipv4, FirewallFamily ipv6, InstantSource clock) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        this.clock = clock;
    }

    static Firewall of(HostSettings settings, Commands commands, InstantSource clock) {
        boolean skip = settings.skipPortMapping();
        String mark = settings.clientMark();
        return new Firewall(
                new FirewallFamily(
                        new Tools(settings.iptables(), settings.ipset(), commands),
                        new FirewallFamily.Wanted(
                                "dcos-l4lb",
                                KEEPING,
                                "inet",
                                skip,
                                HostRules.ipv4("dcos-l4lb", KEEPING, mark))),
                new FirewallFamily(
                        new Tools(settings.ip6tables(), settings.ipset(), commands),
                        new FirewallFamily.Wanted(
                                "dcos-l4lb-ipv6",
                                KEEPING_IPV6,
                                "inet6",
                                skip,
                                HostRules.ipv6("dcos-l4lb-ipv6", KEEPING_IPV6, mark))),
                clock);
    }

    @Override
    public List<Problem> preserveClientAddresses(Collection<Endpoint> servers, boolean audit) {
        boolean due = audit && !clock.instant().isBefore(nextAudit);
        List<Problem> problems =
                new ArrayList<>(
                        ipv4.preserveClientAddresses(entries(servers, IpAddress::isIpv4), due));
        problems.addAll(ipv6.preserveClientAddresses(entries(servers, IpAddress::isIpv6), due));
        return problems;
    }

    @Override
    public List<Problem> beforeRound(Collection<Endpoint> servers) {
        List<Problem> problems =
                new ArrayList<>(ipv4.beforeRound(entries(servers, IpAddress::isIpv4)));
        seenIpv6 |= servers.stream().anyMatch(server -> server.address().isIpv6());
        if (seenIpv6) {
            problems.addAll(ipv6.beforeRound(entries(servers, IpAddress::isIpv6)));
        }
        return problems;
    }

    @Override
    public List<Problem> afterRound(Collection<Endpoint> servers, boolean audit) {
        boolean due = audit && !clock.instant().isBefore(nextAudit);
        List<Problem> problems =
                new ArrayList<>(ipv4.afterRound(entries(servers, IpAddress::isIpv4), due));
        if (seenIpv6) {
            problems.addAll(ipv6.afterRound(entries(servers, IpAddress::isIpv6), due));
        }
        if (due) {
            nextAudit = clock.instant().plus(BETWEEN_AUDITS);
        }
        return problems;
    }

    private static Stream<String> entries(
            Collection<Endpoint> servers, Predicate<IpAddress> family) {
        return servers.stream()
                .filter(server -> family.test(server.address()))
                .map(AddressSet::entry);
    }
}
