package io.meridian.dns;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;

import io.meridian.dns.forward.AllowedClients;
import io.meridian.dns.forward.ForwardSettings;
import io.meridian.dns.forward.Upstreams;
import io.meridian.dns.limit.RateLimits;
import io.meridian.dns.server.TcpLimits;
import io.meridian.dns.transfer.TransferSettings;
import io.meridian.dns.wire.DnsName;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Settings below {@code meridian.dns}; {@code reference.conf} has the meaning of each.
 *
 * @param listen not empty; port 0 picks a free port
 * @param mesosDomain lower case, without trailing dot
 * @param mesosTtl whole seconds
 * @param recursion clients that get answers for names outside our zones
 */
public record DnsSettings(
        List<InetSocketAddress> listen,
        String mesosDomain,
        Duration mesosTtl,
        Upstreams upstreams,
        ForwardSettings forward,
        AllowedClients recursion,
        int udpSize,
        EdnsSettings edns,
        ZoneSettings zones,
        int udpThreads,
        boolean udpBatches,
        TcpLimits tcp,
        RateLimits rateLimits,
        TransferSettings transfer) {
    private static final Duration DAY = Duration.ofDays(1);

    public DnsSettings {
        listen = List.copyOf(listen);
    }

    /**
     * @param config with {@code reference.conf} underneath
     * @throws IllegalArgumentException if a setting is wrong, with its key, range and value
     */
    public static DnsSettings from(Config config) {
        ConfigReader reader = new ConfigReader(config);
        ZoneSettings zones = ZoneSettings.from(reader);
        String domain = domain(reader, zones);
        List<InetSocketAddress> listen = listen(reader);
        return new DnsSettings(
                listen,
                domain,
                reader.duration("mesos-ttl", Duration.ZERO, DAY.multipliedBy(7)),
                new Upstreams(
                        NameServerFile.servers("upstreams", reader.texts("upstreams"), listen),
                        forwardZones(reader, domain, zones, listen)),
                ForwardKeys.settings(reader),
                ForwardKeys.recursion(reader),
                reader.integer("udp-size", 512, 4096),
                EdnsSettings.from(reader),
                zones,
                reader.integer("udp-threads", 1, 64),
                reader.bool("udp-batches"),
                LimitSettings.tcp(reader),
                LimitSettings.rates(reader),
                TransferConfig.read(config));
    }

    /**
     * The settings with defaults that depend on other settings of the node.
     *
     * @param vips ranges of VIP addresses
     */
    public DnsSettings at(String nodeId, IpAddress address, Collection<AddressRange> vips) {
        return new DnsSettings(
                listen,
                mesosDomain,
                mesosTtl,
                upstreams,
                forward,
                recursion,
                udpSize,
                edns.at(nodeId),
                zones.at(address, vips),
                udpThreads,
                udpBatches,
                tcp,
                rateLimits,
                transfer);
    }

    private static List<InetSocketAddress> listen(ConfigReader reader) {
        String rule = "a list of at least one \"ip:port\"";
        List<InetSocketAddress> listen = new ArrayList<>();
        for (String text : reader.texts("listen")) {
            InetSocketAddress address =
                    ConfigReader.socketAddress(text, Optional.empty())
                            .orElseThrow(() -> ConfigReader.wrong("listen", rule, text));
            if (listen.contains(address) && address.getPort() != 0) {
                throw ConfigReader.wrong("listen", "a list without duplicates", text);
            }
            listen.add(address);
        }
        if (listen.isEmpty()) {
            throw ConfigReader.wrong("listen", rule, "[]");
        }
        return listen;
    }

    private static String domain(ConfigReader reader, ZoneSettings zones) {
        String text = reader.text("mesos-domain", "a domain name");
        String domain = text.toLowerCase(Locale.ROOT);
        boolean fits =
                domain.matches("[a-z0-9-]+(\\.[a-z0-9-]+)*")
                        && DnsName.parse("root.ns1." + domain).isPresent();
        if (!fits || zones.origins().contains(domain)) {
            throw ConfigReader.wrong(
                    "mesos-domain",
                    "a domain name of letters, digits, hyphens and inner dots that is no other"
                            + " zone of this server",
                    text);
        }
        return domain;
    }

    private static Map<DnsName, List<InetSocketAddress>> forwardZones(
            ConfigReader reader,
            String domain,
            ZoneSettings others,
            List<InetSocketAddress> listen) {
        String key = "forward-zones";
        Map<DnsName, List<InetSocketAddress>> zones = new LinkedHashMap<>();
        Config table = reader.table(key, "a table of suffix = [servers]");
        for (String zone : table.root().keySet()) {
            if (table.root().get(zone) instanceof ConfigObject) {
                throw ConfigReader.wrong(
                        key,
                        "a table whose suffixes are in quotes, such as \"example.org\"",
                        zone + " { ... }");
            }
            DnsName origin =
                    DnsName.parse(zone)
                            .orElseThrow(() -> ConfigReader.wrong(key, "keyed by suffix", zone));
            if (origin.key().equals(domain) || others.origins().contains(origin.key())) {
                throw ConfigReader.wrong(key, "without a zone that is served here", zone);
            }
            List<InetSocketAddress> servers =
                    NameServerFile.servers(
                            key, reader.texts(key + "." + ConfigUtil.quoteString(zone)), listen);
            if (servers.isEmpty()) {
                throw ConfigReader.wrong(
                        key, "a table with at least one server for each suffix", zone + " = []");
            }
            if (zones.put(origin, servers) != null) {
                throw ConfigReader.wrong(key, "a table without duplicates", zone);
            }
        }
        return zones;
    }
}
