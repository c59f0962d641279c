package io.meridian.ipvs.host;

import java.util.ArrayList;
import java.util.List;

/**
 * Firewall rules of one address family: those of DC/OS (dcos-net 2.4), and Meridian's for VIPs that
 * keep client addresses.
 *
 * <p>Only an incoming packet has the VIP as its destination; behind IPVS the destination is a real
 * server. So a rule marks the incoming packet, and the masquerade rule excludes marked ones. The
 * exclusion is a condition of the masquerade rule, not a rule before it that returns, because later
 * rules, such as a bridge's own masquerading, must see the packet.
 *
 * @param always rules that do not depend on the VIPs
 * @param skip rules that exclude traffic to VIPs from port mapping; they refer to the set of all
 *     VIPs
 * @param masquerading rules while no VIP keeps client addresses
 * @param keeping rules instead of {@code masquerading} while some do; they refer to the set of
 *     those VIPs
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
     * The rules of IPv4.
     *
     * @param vips name of the set of all VIPs
     * @param kept name of the set of VIPs that keep client addresses
     * @param mark one bit, as {@code iptables} takes it: {@code 0x1000}
     */
    static HostRules ipv4(String vips, String kept, String mark) {
        return of(
                new Rule("filter", "FORWARD", Rule.Place.END, List.of(), "", "ACCEPT", MAY_DROP),
                vips,
                kept,
                mark);
    }

    /**
     * The rules of IPv6, which DC/OS lacks. IPv6 addresses may be public, so FORWARD accepts only
     * packets that IPVS balances.
     */
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
