package io.meridian.dns;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;

import io.meridian.dns.forward.Upstreams;
import io.meridian.dns.wire.DnsName;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.zone.L4lbZone;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Settings below {@code meridian.dns}; what each means stands in {@code reference.conf}.
 *
 * @param listen not empty; port 0 picks a free port
 * @param mesosDomain lower case, without trailing dot
 * @param mesosTtl whole seconds
 */
public record DnsSettings(
        List<InetSocketAddress> listen,
        String mesosDomain,
        Duration mesosTtl,
        Upstreams upstreams,
        Duration forwardTimeout,
        int forwardInFlight,
        int udpSize,
        int udpThreads,
        int tcpConnections,
        Duration tcpIdleTimeout) {
    private static final String ROOT = "meridian.dns.";
    private static final int DNS_PORT = 53;
    private static final Duration DAY = Duration.ofDays(1);

    public DnsSettings {
        listen = List.copyOf(listen);
    }

    /**
     * @param config with {@code reference.conf} underneath
     * @throws IllegalArgumentException naming key, range and value if a setting is wrong
     */
    public static DnsSettings from(Config config) {
        String domain = domain(config);
        return new DnsSettings(
                listen(config),
                domain,
                duration(config, "mesos-ttl", Duration.ZERO, DAY.multipliedBy(7)),
                new Upstreams(
                        servers("upstreams", texts(config, ROOT + "upstreams")),
                        forwardZones(config, domain)),
                duration(config, "forward-timeout", Duration.ofMillis(10), Duration.ofSeconds(60)),
                integer(config, "forward-in-flight", 1, 100_000),
                integer(config, "udp-size", 512, 4096),
                integer(config, "udp-threads", 1, 64),
                integer(config, "tcp-connections", 1, 100_000),
                duration(
                        config,
                        "tcp-idle-timeout",
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10)));
    }

    private static List<InetSocketAddress> listen(Config config) {
        List<String> texts = texts(config, ROOT + "listen");
        String rule = "a list of at least one \"ip:port\"";
        List<InetSocketAddress> listen = new ArrayList<>();
        for (String text : texts) {
            InetSocketAddress address =
                    socketAddress(text, Optional.empty())
                            .orElseThrow(() -> wrong("listen", rule, text));
            if (listen.contains(address) && address.getPort() != 0) {
                throw wrong("listen", "a list without duplicates", text);
            }
            listen.add(address);
        }
        if (listen.isEmpty()) {
            throw wrong("listen", rule, "[]");
        }
        return listen;
    }

    private static String domain(Config config) {
        String text =
                read(
                        "mesos-domain",
                        "a domain name",
                        config,
                        () -> config.getString(ROOT + "mesos-domain"));
        String domain = text.toLowerCase(Locale.ROOT);
        boolean fits =
                domain.matches("[a-z0-9-]+(\\.[a-z0-9-]+)*")
                        && DnsName.parse("root.ns1." + domain).isPresent();
        if (!fits || domain.equals(L4lbZone.ORIGIN)) {
            throw wrong(
                    "mesos-domain",
                    "a domain name of letters, digits, hyphens and inner dots",
                    text);
        }
        return domain;
    }

    private static Map<DnsName, List<InetSocketAddress>> forwardZones(
            Config config, String domain) {
        Map<DnsName, List<InetSocketAddress>> zones = new LinkedHashMap<>();
        Config table =
                read(
                        "forward-zones",
                        "a table of suffix = [servers]",
                        config,
                        () -> config.getConfig(ROOT + "forward-zones"));
        for (String zone : table.root().keySet()) {
            DnsName origin =
                    DnsName.parse(zone)
                            .orElseThrow(() -> wrong("forward-zones", "keyed by suffix", zone));
            if (origin.key().equals(domain) || origin.key().equals(L4lbZone.ORIGIN)) {
                throw wrong("forward-zones", "without a zone that is served here", zone);
            }
            String path = ROOT + "forward-zones." + ConfigUtil.quoteString(zone);
            List<InetSocketAddress> servers = servers("forward-zones", texts(config, path));
            if (servers.isEmpty()) {
                throw wrong(
                        "forward-zones",
                        "a table with at least one server for each suffix",
                        zone + " = []");
            }
            if (zones.put(origin, servers) != null) {
                throw wrong("forward-zones", "a table without duplicates", zone);
            }
        }
        return zones;
    }

    private static List<InetSocketAddress> servers(String key, List<String> texts) {
        List<InetSocketAddress> servers = new ArrayList<>();
        for (String text : texts) {
            InetSocketAddress server =
                    socketAddress(text, Optional.of(DNS_PORT))
                            .filter(a -> a.getPort() > 0 && !a.getAddress().isAnyLocalAddress())
                            .orElseThrow(
                                    () ->
                                            wrong(
                                                    key,
                                                    "servers as \"ip\" or \"ip:port\" with port 1"
                                                            + " to 65535",
                                                    text));
            if (!servers.contains(server)) {
                servers.add(server);
            }
        }
        return servers;
    }

    /**
     * Reads {@code ip:port} or {@code [ipv6]:port}; also a bare address if there is a port to
     * assume.
     */
    private static Optional<InetSocketAddress> socketAddress(
            String text, Optional<Integer> defaultPort) {
        Optional<IpAddress> bare = IpAddress.parse(text);
        if (bare.isPresent()) {
            return defaultPort.flatMap(port -> socketAddress(bare.get(), port));
        }
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        Optional<IpAddress> address =
                IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host)
                        .filter(a -> a.isIpv4() || bracketed);
        int port = Integer.parseInt(text.substring(colon + 1));
        return address.filter(a -> port <= 65535).flatMap(a -> socketAddress(a, port));
    }

    private static Optional<InetSocketAddress> socketAddress(IpAddress address, int port) {
        try {
            return Optional.of(
                    new InetSocketAddress(InetAddress.getByAddress(address.bytes()), port));
        } catch (UnknownHostException e) {
            return Optional.empty(); // only for a wrong length, which IpAddress never has
        }
    }

    private static int integer(Config config, String key, int min, int max) {
        String rule = "a whole number between " + min + " and " + max;
        int value = read(key, rule, config, () -> config.getInt(ROOT + key));
        if (value < min || value > max) {
            throw wrong(key, rule, String.valueOf(value));
        }
        return value;
    }

    private static Duration duration(Config config, String key, Duration min, Duration max) {
        String rule = "between " + text(min) + " and " + text(max);
        Duration value = read(key, rule, config, () -> config.getDuration(ROOT + key));
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw wrong(key, rule, config.getValue(ROOT + key).unwrapped().toString());
        }
        return value;
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : duration.toMillis() + " ms";
    }

    private static List<String> texts(Config config, String path) {
        String key = path.substring(ROOT.length());
        return read(key, "a list of texts", config, () -> config.getStringList(path));
    }

    private static <T> T read(String key, String rule, Config config, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (ConfigException.Missing e) {
            throw wrong(key, rule, "not set");
        } catch (ConfigException e) {
            throw wrong(key, rule, config.getValue(ROOT + key).render());
        }
    }

    private static IllegalArgumentException wrong(String key, String rule, String value) {
        return new IllegalArgumentException(
                "setting " + ROOT + key + " must be " + rule + ": was " + value);
    }
}
