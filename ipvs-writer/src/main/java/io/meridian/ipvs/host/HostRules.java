package io.meridian.ipvs.host;

import java.util.ArrayList;
import java.util.List;

/**
 * Firewall rules of one address family, as DC/OS has them (dcos-net 2.4), and ours for clients that
 * keep their addresses.
 *
 * <p>Which connections those are only the packet that comes in can tell, as what leaves is
 * addressed to a real server already: so that one is marked, and who is marked is not masqueraded.
 * The masquerade rule itself has that condition, rather than a rule before it that returns: others'
 * rules after it, such as a bridge's own masquerading, have to see the packet.
 *
 * @param always what is there whatever the VIPs
 * @param skip keeps rules that map ports from traffic to VIPs; they refer to the set of all VIPs
 * @param masquerading while no client keeps its address
 * @param keeping instead of {@code masquerading}, while some do; they refer to the set of those
 *     VIPs
 */
record HostRules(List<Rule> always, List<Rule> skip, List<Rule> masquerading, List<Rule> keeping) {
    private static final String MASQUERADE_COMMENT = "Minuteman-IPVS-IPTables-masquerade-rule";
    private static final String SKIP_COMMENT = "Skip DC/OS L4LB traffic";
    private static final String FORWARD_COMMENT = "Meridian-IPVS-forward-rule";
    private static final String MAY_DROP =
            "the firewall may drop connections from other hosts to VIPs";
    private static final String MAY_BYPASS =
            "real servers may answer past this host, which breaks connections";
    private static final List<String> BALANCED =
            List.of("-m", "ipvs", "--ipvs", "--vdir", "ORIGINAL", "--vmethod", "MASQ");

    HostRules {
        always = List.copyOf(always);
        skip = List.copyOf(skip);
        masquerading = List.copyOf(masquerading);
        keeping = List.copyOf(keeping);
    }

    /**
     * @param mark as {@code iptables} takes it, one bit: {@code 0x1000}
     */
    static HostRules ipv4(String vips, String kept, String mark) {
        return of(
                new Rule("filter", "FORWARD", Rule.Place.END, List.of(), "", "ACCEPT", MAY_DROP),
                vips,
                kept,
                mark);
    }

    /** DC/OS has none. Addresses of IPv6 can be public, so only what IPVS balances is let in. */
    static HostRules ipv6(String vips, String kept, String mark) {
        return of(
                new Rule(
                        "filter",
                        "FORWARD",
                        Rule.Place.END,
                        List.of("-m", "ipvs", "--ipvs"),
                        FORWARD_COMMENT,
                        "ACCEPT",
                        MAY_DROP),
                vips,
                kept,
                mark);
    }

    private static HostRules of(Rule forward, String vips, String kept, String mark) {
        String bit = mark + "/" + mark;
        List<String> unmarked = new ArrayList<>(BALANCED);
        unmarked.addAll(List.of("-m", "mark", "!", "--mark", bit));
        return new HostRules(
                List.of(forward),
                List.of(skip("OUTPUT", vips), skip("PREROUTING", vips)),
                List.of(
                        new Rule(
                                "nat",
                                "POSTROUTING",
                                Rule.Place.ANYWHERE,
                                BALANCED,
                                MASQUERADE_COMMENT,
                                "MASQUERADE",
                                MAY_BYPASS)),
                List.of(
                        new Rule(
                                "mangle",
                                "PREROUTING",
                                Rule.Place.ANYWHERE,
                                List.of("-m", "set", "--match-set", kept, "dst,dst"),
                                "Meridian-IPVS-client-address-" + mark,
                                "MARK",
                                List.of("--set-xmark", bit),
                                "tasks see this host's address instead of their clients'"),
                        new Rule(
                                "nat",
                                "POSTROUTING",
                                Rule.Place.ANYWHERE,
                                unmarked,
                                "Meridian-IPVS-masquerade-rule-unless-" + mark,
                                "MASQUERADE",
                                MAY_BYPASS)));
    }

    private static Rule skip(String chain, String vips) {
        return new Rule(
                "nat",
                chain,
                Rule.Place.FIRST,
                List.of("-m", "set", "--match-set", vips, "dst,dst"),
                SKIP_COMMENT,
                "RETURN",
                "connections to a VIP whose port is some container's host port may end up there");
    }
}
