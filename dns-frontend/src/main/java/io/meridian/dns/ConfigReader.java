package io.meridian.dns;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

import io.meridian.domain.net.IpAddress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads settings below {@code meridian.dns}. Its exceptions name the key, the permitted values and
 * the value.
 *
 * @param config with {@code reference.conf} underneath
 */
record ConfigReader(Config config) {
    private static final String ROOT = "meridian.dns.";
    private static final int DNS_PORT = 53;

    /** The full path of a key below {@code meridian.dns}. */
    static String path(String key) {
        return ROOT + key;
    }

    boolean bool(String key) {
        return read(key, "true or false", () -> config.getBoolean(path(key)));
    }

    int integer(String key, int min, int max) {
        String rule = "a whole number between " + min + " and " + max;
        int value = read(key, rule, () -> config.getInt(path(key)));
        if (value < min || value > max) {
            throw wrong(key, rule, String.valueOf(value));
        }
        return value;
    }

    Duration duration(String key, Duration min, Duration max) {
        String rule = "between " + text(min) + " and " + text(max);
        Duration value = read(key, rule, () -> config.getDuration(path(key)));
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw wrong(key, rule, config.getValue(path(key)).unwrapped().toString());
        }
        return value;
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : duration.toMillis() + " ms";
    }

    String text(String key, String rule) {
        return read(key, rule, () -> config.getString(path(key)));
    }

    List<String> texts(String key) {
        return read(key, "a list of texts", () -> config.getStringList(path(key)));
    }

    /** Reads a constant of an enum, which settings spell in lower case with hyphens. */
    <E extends Enum<E>> E oneOf(String key, Class<E> type) {
        List<String> names = new ArrayList<>();
        String text = text(key, "a text");
        for (E constant : type.getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.equals(text)) {
                return constant;
            }
            names.add(name);
        }
        throw wrong(key, String.join(" or ", names), text);
    }

    /** Reads IP addresses and drops duplicates. */
    List<IpAddress> addresses(String key) {
        String rule = "a list of IP addresses";
        return texts(key).stream()
                .map(text -> IpAddress.parse(text).orElseThrow(() -> wrong(key, rule, text)))
                .distinct()
                .toList();
    }

    /** Reads a table whose keys are not fixed. */
    Config table(String key, String rule) {
        return read(key, rule, () -> config.getConfig(path(key)));
    }

    <T> T read(String key, String rule, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (ConfigException.Missing e) {
            throw wrong(key, rule, "not set");
        } catch (ConfigException e) {
            throw wrong(key, rule, config.getValue(path(key)).render());
        }
    }

    /** Reads servers, each {@code ip} or {@code ip:port}, and drops duplicates. */
    static List<InetSocketAddress> servers(String key, List<String> texts) {
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
     * Reads {@code ip:port} or {@code [ipv6]:port}, or an address without port if there is a
     * default.
     */
    static Optional<InetSocketAddress> socketAddress(String text, Optional<Integer> defaultPort) {
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
            return Optional.empty(); // thrown for a wrong length only, which IpAddress never has
        }
    }

    static IllegalArgumentException wrong(String key, String rule, String value) {
        return new IllegalArgumentException(
                "setting " + ROOT + key + " must be " + rule + ": was " + value);
    }
}
