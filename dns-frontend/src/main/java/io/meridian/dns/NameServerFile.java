package io.meridian.dns;

import io.meridian.dns.forward.ResolvConf;
import io.meridian.dns.server.LocalAddresses;
import io.meridian.domain.net.IpAddress;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads upstream servers, some of them from a file such as {@code /etc/resolv.conf}. Addresses on
 * which this server listens are left out, because a host that uses it as its resolver has them in
 * that file (specs: mesos-dns 2, key Resolvers).
 */
final class NameServerFile {
    private static final Logger LOG = LoggerFactory.getLogger(NameServerFile.class);

    private NameServerFile() {}

    /**
     * @param key of the setting, for errors
     * @param texts each {@code ip}, {@code ip:port}, or a path that starts with a slash
     * @param listen listening addresses of this server
     * @return in the order given, without duplicates
     * @throws IllegalArgumentException for any other text, a file that cannot be read, or this
     *     server itself
     */
    static List<InetSocketAddress> servers(
            String key, List<String> texts, List<InetSocketAddress> listen) {
        Set<InetSocketAddress> servers = new LinkedHashSet<>();
        for (String text : texts) {
            servers.addAll(
                    text.startsWith("/") ? read(key, text, listen) : others(key, text, listen));
        }
        return List.copyOf(servers);
    }

    /**
     * Refuses this server as its own upstream, which would forward each query to itself without end
     * (specs: mesos-dns 5).
     */
    private static List<InetSocketAddress> others(
            String key, String text, List<InetSocketAddress> listen) {
        List<InetSocketAddress> servers = ConfigReader.servers(key, List.of(text));
        if (servers.stream().anyMatch(server -> isOurs(server, listen))) {
            throw ConfigReader.wrong(key, "other servers than this one", text);
        }
        return servers;
    }

    private static List<InetSocketAddress> read(
            String key, String file, List<InetSocketAddress> listen) {
        String text;
        try {
            text = Files.readString(Path.of(file));
        } catch (IOException e) {
            throw ConfigReader.wrong(key, "a file that can be read", file + ": " + e);
        }
        List<String> addresses =
                ResolvConf.nameServers(text).stream().map(IpAddress::toString).toList();
        List<InetSocketAddress> servers =
                ConfigReader.servers(key, addresses).stream()
                        .filter(server -> !isOurs(server, listen))
                        .toList();
        LOG.info("upstream servers read from file={}: servers={}", file, servers);
        return servers;
    }

    /** Whether this server itself receives queries to the address. */
    private static boolean isOurs(InetSocketAddress server, List<InetSocketAddress> listen) {
        return listen.stream()
                .anyMatch(own -> own.getPort() == server.getPort() && isBehind(server, own));
    }

    private static boolean isBehind(InetSocketAddress server, InetSocketAddress listen) {
        try {
            return LocalAddresses.behind(listen.getAddress()).contains(server.getAddress());
        } catch (SocketException e) {
            throw new UncheckedIOException(
                    "cannot list this host's addresses: " + e.getMessage(), e);
        }
    }
}
