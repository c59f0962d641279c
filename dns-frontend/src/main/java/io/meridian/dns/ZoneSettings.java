package io.meridian.dns;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;

import io.meridian.dns.answer.Aliases;
import io.meridian.dns.answer.AnswerOrder;
import io.meridian.dns.answer.AnswerRules;
import io.meridian.dns.answer.NodeZones;
import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneProfile;
import io.meridian.dns.wire.DnsName;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.domain.zone.ReverseZones;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Settings of records that are not in the tables, and of answers.
 *
 * @param masters in the order of the zk names
 * @param nodeAddress at most one; empty if unknown
 * @param publicAddresses under which other networks reach this node
 * @param cryptoId the cluster's public key in z-base-32; empty if unknown
 * @param spartanAddress of {@code ns.spartan}
 * @param customZones CNAME targets by relative name, by zone label
 * @param reverseZones origins of reverse zones in which unknown addresses get NXDOMAIN
 */
public record ZoneSettings(
        List<IpAddress> masters,
        List<IpAddress> nodeAddress,
        List<IpAddress> publicAddresses,
        String cryptoId,
        IpAddress spartanAddress,
        SortedMap<String, SortedMap<String, DnsName>> customZones,
        List<String> reverseZones,
        AnyAnswer any,
        AnswerOrder order) {
    private static final Set<String> FORBIDDEN =
            Set.of("l4lb", "mesos", "dcos", "thisnode", "dclb");
    private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";

    /** The answer to type ANY. */
    public enum AnyAnswer {
        /** Every RRset of the name. */
        FULL,
        /** One RRset of the name (RFC 8482). */
        MINIMAL
    }

    public ZoneSettings {
        masters = List.copyOf(masters);
        nodeAddress = List.copyOf(nodeAddress);
        publicAddresses = List.copyOf(publicAddresses);
        reverseZones = List.copyOf(reverseZones);
    }

    static ZoneSettings from(ConfigReader reader) {
        List<IpAddress> masters = reader.addresses("masters");
        masters.stream()
                .filter(IpAddress::isIpv6)
                .findFirst()
                .ifPresent(
                        v6 -> {
                            throw ConfigReader.wrong(
                                    "masters", "a list of IPv4 addresses", v6.toString());
                        });
        return new ZoneSettings(
                masters,
                address(reader, "node-address").stream().toList(),
                reader.addresses("public-addresses"),
                cryptoId(reader),
                address(reader, "spartan-address")
                        .filter(IpAddress::isIpv4)
                        .orElseThrow(
                                () ->
                                        ConfigReader.wrong(
                                                "spartan-address",
                                                "an IPv4 address",
                                                reader.text("spartan-address", "an IPv4 address"))),
                customZones(reader),
                reverseZones(reader),
                reader.oneOf("any", AnyAnswer.class),
                reader.oneOf("answer-order", AnswerOrder.class));
    }

    private static Optional<IpAddress> address(ConfigReader reader, String key) {
        String rule = "an IP address, or empty";
        String text = reader.text(key, rule).trim();
        return text.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        IpAddress.parse(text)
                                .orElseThrow(() -> ConfigReader.wrong(key, rule, text)));
    }

    private static String cryptoId(ConfigReader reader) {
        String rule = "one label of letters and digits, or empty";
        String text = reader.text("crypto-id", rule).trim().toLowerCase(Locale.ROOT);
        if (!text.matches("[a-z0-9]{0,63}")) {
            throw ConfigReader.wrong("crypto-id", rule, text);
        }
        return text;
    }

    private static SortedMap<String, SortedMap<String, DnsName>> customZones(ConfigReader reader) {
        String key = "custom-zones";
        String rule = "a table of zone = { name = \"target\" }";
        SortedMap<String, SortedMap<String, DnsName>> zones = new TreeMap<>();
        Config table = reader.table(key, rule);
        for (String label : table.root().keySet()) {
            String zone = label.toLowerCase(Locale.ROOT);
            if (FORBIDDEN.contains(zone)) {
                throw ConfigReader.wrong(
                        key,
                        "without "
                                + String.join(", ", FORBIDDEN.stream().sorted().toList())
                                + ", which are served from the cluster's state",
                        label);
            }
            if (!zone.matches(LABEL)
                    || table.root().get(label).valueType() != ConfigValueType.OBJECT
                    || zones.containsKey(zone)) {
                throw ConfigReader.wrong(key, rule, label);
            }
            zones.put(zone, targets(table.getConfig(ConfigUtil.quoteString(label)), zone));
        }
        return zones;
    }

    private static SortedMap<String, DnsName> targets(Config records, String zone) {
        SortedMap<String, DnsName> targets = new TreeMap<>();
        records.entrySet()
                .forEach(
                        entry -> {
                            String name =
                                    String.join(".", ConfigUtil.splitPath(entry.getKey()))
                                            .toLowerCase(Locale.ROOT);
                            String value = entry.getValue().unwrapped().toString();
                            boolean named = name.matches(LABEL + "(\\." + LABEL + ")*");
                            Optional<DnsName> target =
                                    DnsName.parse(value).filter(to -> named && to.labels() > 0);
                            if (target.isEmpty()) {
                                throw ConfigReader.wrong(
                                        "custom-zones." + zone,
                                        "names of CNAME records, each with a domain name as"
                                                + " target",
                                        name + " = " + value);
                            }
                            targets.put(name, target.get());
                        });
        return targets;
    }

    private static List<String> reverseZones(ConfigReader reader) {
        String key = "reverse-zones";
        List<String> origins = new ArrayList<>();
        for (String text : reader.texts(key)) {
            String origin = text.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
            if (!origin.matches("([0-9]{1,3}\\.){1,4}in-addr\\.arpa")
                    && !origin.matches("([0-9a-f]\\.){1,32}ip6\\.arpa")) {
                throw ConfigReader.wrong(
                        key, "a list of names below in-addr.arpa or ip6.arpa", text);
            }
            origins.add(origin);
        }
        return origins;
    }

    /** The settings with defaults that depend on other settings of the node. */
    ZoneSettings at(IpAddress address, Collection<AddressRange> vips) {
        List<String> reverse =
                Stream.concat(
                                reverseZones.stream(),
                                vips.stream().flatMap(r -> NodeZones.reverseOrigins(r).stream()))
                        .distinct()
                        .toList();
        return new ZoneSettings(
                masters,
                nodeAddress.isEmpty() ? List.of(address) : nodeAddress,
                publicAddresses,
                cryptoId,
                spartanAddress,
                customZones,
                reverse,
                any,
                order);
    }

    AnswerRules rules() {
        return new AnswerRules(Aliases.of(cryptoId), any == AnyAnswer.MINIMAL);
    }

    /** The zones that no table changes. */
    List<Zone> fixed() {
        List<Zone> zones =
                new ArrayList<>(
                        List.of(
                                NodeZones.spartan(spartanAddress),
                                NodeZones.localhost(),
                                NodeZones.zk(masters),
                                NodeZones.thisNode(nodeAddress, publicAddresses)));
        for (Map.Entry<String, SortedMap<String, DnsName>> zone : customZones.entrySet()) {
            zones.add(NodeZones.custom(zone.getKey(), zone.getValue()));
        }
        return zones;
    }

    ZoneProfile dcos() {
        return NodeZones.dcos(masters);
    }

    /** Profiles of the reverse zones that the node answers as a whole. */
    List<ZoneProfile> reverse() {
        return reverseZones.stream().map(NodeZones::reverse).toList();
    }

    /** Origins of all zones except the zone of tasks. */
    List<String> origins() {
        return Stream.concat(
                        Stream.of(
                                NodeZones.DCOS,
                                NodeZones.MESOS,
                                L4lbZone.ORIGIN,
                                ReverseZones.IPV4,
                                ReverseZones.IPV6),
                        Stream.concat(
                                fixed().stream().map(zone -> zone.profile().key()),
                                reverseZones.stream()))
                .toList();
    }
}
