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
 * families. IPv6 is looked at from the first IPv6 VIP on.
 */
final class Firewall implements Surroundings {
    private static final String MASQUERADE_COMMENT = "Minuteman-IPVS-IPTables-masquerade-rule";
    private static final String SKIP_COMMENT = "Skip DC/OS L4LB traffic";
    private static final String FORWARD_COMMENT = "Meridian-IPVS-forward-rule";
    private static final String MAY_DROP =
            "the firewall may drop connections from other hosts to VIPs";

    /** Listing rules starts programs, so it is not done at every audit of the kernel. */
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
        return new Firewall(
                new FirewallFamily(
                        new FirewallFamily.Tools(settings.iptables(), settings.ipset(), commands),
                        new FirewallFamily.Wanted(
                                "dcos-l4lb", "inet", skip, rules(forwardIpv4(), "dcos-l4lb"))),
                new FirewallFamily(
                        new FirewallFamily.Tools(settings.ip6tables(), settings.ipset(), commands),
                        new FirewallFamily.Wanted(
                                "dcos-l4lb-ipv6",
                                "inet6",
                                skip,
                                rules(forwardIpv6(), "dcos-l4lb-ipv6"))),
                clock);
    }

    private static List<Rule> rules(Rule forward, String set) {
        return List.of(
                forward,
                new Rule(
                        "nat",
                        "POSTROUTING",
                        Rule.Place.ANYWHERE,
                        List.of("-m", "ipvs", "--ipvs", "--vdir", "ORIGINAL", "--vmethod", "MASQ"),
                        MASQUERADE_COMMENT,
                        "MASQUERADE",
                        "real servers may answer past this host, which breaks connections"),
                skip("OUTPUT", set),
                skip("PREROUTING", set));
    }

    private static Rule skip(String chain, String set) {
        return new Rule(
                "nat",
                chain,
                Rule.Place.FIRST,
                List.of("-m", "set", "--match-set", set, "dst,dst"),
                SKIP_COMMENT,
                "RETURN",
                "connections to a VIP whose port is some container's host port may end up there");
    }

    private static Rule forwardIpv4() {
        return new Rule("filter", "FORWARD", Rule.Place.END, List.of(), "", "ACCEPT", MAY_DROP);
    }

    /** DC/OS has none. Addresses of IPv6 can be public, so only what IPVS balances is let in. */
    private static Rule forwardIpv6() {
        return new Rule(
                "filter",
                "FORWARD",
                Rule.Place.END,
                List.of("-m", "ipvs", "--ipvs"),
                FORWARD_COMMENT,
                "ACCEPT",
                MAY_DROP);
    }

    @Override
    public List<Problem> prepare(Collection<Endpoint> servers) {
        List<Problem> problems = new ArrayList<>(ipv4.prepare(entries(servers, IpAddress::isIpv4)));
        seenIpv6 |= servers.stream().anyMatch(server -> server.address().isIpv6());
        if (seenIpv6) {
            problems.addAll(ipv6.prepare(entries(servers, IpAddress::isIpv6)));
        }
        return problems;
    }

    @Override
    public List<Problem> settle(Collection<Endpoint> servers, boolean audit) {
        boolean due = audit && !clock.instant().isBefore(nextAudit);
        List<Problem> problems =
                new ArrayList<>(ipv4.settle(entries(servers, IpAddress::isIpv4), due));
        if (seenIpv6) {
            problems.addAll(ipv6.settle(entries(servers, IpAddress::isIpv6), due));
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
