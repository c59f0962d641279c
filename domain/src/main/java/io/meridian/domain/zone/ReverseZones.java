package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.table.Change;

import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * PTR records below {@value #IPV4} (RFC 1035 3.5) and {@value #IPV6} (RFC 3596 2.5). Neither zone
 * is complete: a name server forwards queries for addresses without record.
 *
 * <ul>
 *   <li>Tasks in a container network: the address leads to the task's own name {@code X-H-S.F.D}.
 *       Tasks on the host's network have no address of their own. Tasks on a bridge have no record,
 *       because every agent gives out the same bridge addresses.
 *   <li>Agents: each address leads to one name, whatever runs on the agent. The name is Mesos's
 *       {@code --hostname} if that is a domain name, else {@code <agent id>.slave.D}, which then
 *       has the agent's addresses. It has the whole id, because a new leading master reuses tails
 *       such as {@code s7}. It is below {@code slave.D}, because neither peer has such records
 *       there. An agent is known only while a task runs on it.
 *   <li>Named VIPs: see {@link L4lbZone.Step#reverse()}.
 * </ul>
 */
public final class ReverseZones {
    public static final String IPV4 = "in-addr.arpa";
    public static final String IPV6 = "ip6.arpa";

    /** TTL of PTR records in seconds; short, because container addresses are reused soon. */
    public static final int TTL_SECONDS = 5;

    private ReverseZones() {}

    /** Whether a zone is one of the two. */
    public static boolean isOrigin(String zone) {
        return zone.equals(IPV4) || zone.equals(IPV6);
    }

    /**
     * The changes that belong to the reverse zones. Changes of the zone table and of VIPs go into
     * one image; their rows have different owners.
     */
    public static List<Change<ZoneRow>> among(List<Change<ZoneRow>> changes) {
        return changes.stream().filter(change -> isOrigin(change.row().zone())).toList();
    }

    /** Reverse name of an address, such as {@code 7.2.0.192.in-addr.arpa}, without trailing dot. */
    public static String name(IpAddress address) {
        StringBuilder name = new StringBuilder(72);
        byte[] bytes = address.bytes();
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (address.isIpv4()) {
                name.append(bytes[i] & 0xff).append('.');
            } else {
                name.append(HexFormat.of().toLowHexDigit(bytes[i])).append('.');
                name.append(HexFormat.of().toHighHexDigit(bytes[i])).append('.');
            }
        }
        return name.append(origin(address)).toString();
    }

    /**
     * The PTR record of an address.
     *
     * @param target name without trailing dot
     */
    static ZoneRow row(IpAddress address, String target, String owner) {
        return new ZoneRow(origin(address), name(address), RecordType.PTR, target + ".", owner);
    }

    /**
     * Adds the records of one running instance, and the name of its agent if the agent has no
     * {@code --hostname}.
     *
     * @param ownHost see {@link MesosDnsRules#add}
     */
    static void add(
            String owner,
            String domain,
            Optional<String> ownHost,
            Instance instance,
            Collection<ZoneRow> rows) {
        List<IpAddress> agent = instance.agent().addresses();
        if (instance.mode() == NetworkMode.CONTAINER && ownHost.isPresent()) {
            for (IpAddress address : instance.addresses()) {
                if (!agent.contains(address)) {
                    rows.add(row(address, ownHost.get(), owner));
                }
            }
        }
        Optional<String> host = hostName(instance.agent());
        Optional<String> target = host.or(() -> agentName(instance.agent(), domain));
        if (target.isEmpty()) {
            return;
        }
        for (IpAddress address : agent) {
            rows.add(row(address, target.get(), owner));
            if (host.isEmpty()) {
                rows.add(
                        new ZoneRow(
                                domain,
                                target.get(),
                                RecordType.of(address),
                                address.toString(),
                                owner));
            }
        }
    }

    /** {@code --hostname} if it is a name of several labels. */
    private static Optional<String> hostName(Agent agent) {
        String host = Labels.lowerCase(agent.host());
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        return host.contains(".") && Labels.isName(host) && IpAddress.parse(host).isEmpty()
                ? Optional.of(host)
                : Optional.empty();
    }

    private static Optional<String> agentName(Agent agent, String domain) {
        String label = Labels.mesosLabel(agent.id());
        return Optional.of(label + ".slave." + domain).filter(Labels::isName);
    }

    private static String origin(IpAddress address) {
        return address.isIpv4() ? IPV4 : IPV6;
    }
}
