package io.meridian.ipvs.reconcile;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.time.Backoff;
import io.meridian.ipvs.ConnectionTimeouts;
import io.meridian.ipvs.Ownership;
import io.meridian.ipvs.TransitionPolicy;
import io.meridian.ipvs.host.HostSettings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Settings of this node's data plane; {@code reference.conf} explains the keys.
 *
 * @param interfaceName 1..15 characters
 * @param auditInterval 1 s..1 h
 * @param backoff between rounds while rows fail; each 100 ms..1 h
 * @param receiveBufferBytes 65536..67108864
 * @param host changes to the host that are allowed
 * @param cniDirectory in which a CNI plugin writes a file for each container with VIPs in its own
 *     network namespace; empty for none
 * @param transition default policy of VIPs; each 0 s..1 h
 * @param timeouts each 0 s..24 h, whole seconds
 * @param vipSeries VIPs with their own metrics, 0..100000
 * @param backendSeries backends with their own metrics, 0..100000
 */
public record IpvsSettings(
        Kind kind,
        String interfaceName,
        Ownership ownership,
        Duration auditInterval,
        Backoff backoff,
        int receiveBufferBytes,
        HostSettings host,
        Optional<Path> cniDirectory,
        TransitionPolicy transition,
        ConnectionTimeouts timeouts,
        int vipSeries,
        int backendSeries) {
    /** Kinds of kernels. */
    public enum Kind {
        /** A table in memory; operations are logged. */
        DRY_RUN("dry-run"),
        /** The kernel of Linux. */
        IPVS("ipvs");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The name in the configuration. */
        public String label() {
            return label;
        }
    }

    private static final int MAX_NAME = 15; // IFNAMSIZ - 1, linux/if.h
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(24);
    private static final int MOST_SERIES = 100_000;

    /**
     * Reads the settings.
     *
     * @param config with {@code meridian.} at its top
     * @throws IllegalArgumentException with the key, its range and its value
     */
    public static IpvsSettings from(Config config) {
        Config dataplane = config.getConfig("meridian.dataplane");
        Duration min = duration(dataplane, "retry.min-backoff", SHORTEST, LONGEST);
        return new IpvsSettings(
                kind(dataplane.getString("kind")),
                interfaceName(dataplane.getString("interface")),
                new Ownership(
                        range(config, "meridian.vip.range", true),
                        range(config, "meridian.vip.range6", false)),
                duration(dataplane, "audit-interval", Duration.ofSeconds(1), LONGEST),
                new Backoff(min, duration(dataplane, "retry.max-backoff", min, LONGEST)),
                receiveBuffer(dataplane),
                HostSettings.from(dataplane),
                cniDirectory(dataplane.getString("cni-directory")),
                new TransitionPolicy(
                        duration(dataplane, "drain", Duration.ZERO, LONGEST),
                        duration(dataplane, "slow-start", Duration.ZERO, LONGEST)),
                new ConnectionTimeouts(
                        timeout(dataplane, "timeouts.tcp"),
                        timeout(dataplane, "timeouts.tcp-fin"),
                        timeout(dataplane, "timeouts.udp")),
                series(dataplane, "metrics.vips"),
                series(dataplane, "metrics.backends"));
    }

    private static Optional<Path> cniDirectory(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!text.startsWith("/")) {
            throw wrong("dataplane.cni-directory", "an absolute path, or empty", text);
        }
        return Optional.of(Path.of(text));
    }

    private static Duration timeout(Config dataplane, String key) {
        Duration value = duration(dataplane, key, Duration.ZERO, LONGEST_TIMEOUT);
        if (value.toMillis() % 1000 != 0) {
            throw wrong("dataplane." + key, "whole seconds", dataplane.getString(key));
        }
        return value;
    }

    private static int series(Config dataplane, String key) {
        String range = "between 0 and " + MOST_SERIES;
        int value = read("dataplane." + key, range, () -> dataplane.getInt(key));
        if (value < 0 || value > MOST_SERIES) {
            throw wrong("dataplane." + key, range, dataplane.getString(key));
        }
        return value;
    }

    private static Kind kind(String text) {
        for (Kind kind : Kind.values()) {
            if (kind.label().equals(text)) {
                return kind;
            }
        }
        throw wrong("dataplane.kind", "dry-run or ipvs", text);
    }

    private static String interfaceName(String text) {
        Predicate<String> fits =
                name ->
                        !name.isEmpty()
                                && name.length() <= MAX_NAME
                                && name.chars()
                                        .allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':')
                                && !name.equals(".")
                                && !name.equals("..");
        if (!fits.test(text)) {
            throw wrong(
                    "dataplane.interface", "1 to 15 printable characters without / and :", text);
        }
        return text;
    }

    private static AddressRange range(Config config, String key, boolean ipv4) {
        String text = config.getString(key);
        return AddressRange.parse(text)
                .filter(range -> range.first().isIpv4() == ipv4)
                .orElseThrow(
                        () ->
                                wrong(
                                        key.substring("meridian.".length()),
                                        "FIRST-LAST, two "
                                                + (ipv4 ? "IPv4" : "IPv6")
                                                + " addresses in order",
                                        text));
    }

    private static Duration duration(Config dataplane, String key, Duration min, Duration max) {
        String range = "between " + seconds(min) + " and " + seconds(max);
        Duration value =
                read("dataplane." + key, "a duration " + range, () -> dataplane.getDuration(key));
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw wrong("dataplane." + key, range, dataplane.getString(key));
        }
        return value;
    }

    private static int receiveBuffer(Config dataplane) {
        String range = "between 64 KiB and 64 MiB";
        long value =
                read("dataplane.receive-buffer", range, () -> dataplane.getBytes("receive-buffer"));
        if (value < 1 << 16 || value > 1 << 26) {
            throw wrong("dataplane.receive-buffer", range, dataplane.getString("receive-buffer"));
        }
        return (int) value;
    }

    private static <T> T read(String key, String range, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (ConfigException.BadValue | ConfigException.WrongType e) {
            throw new IllegalArgumentException(
                    "setting meridian." + key + " must be " + range + ": " + e.getMessage(), e);
        }
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : duration.toMillis() + " ms";
    }

    private static IllegalArgumentException wrong(String key, String range, String was) {
        return new IllegalArgumentException(
                "setting meridian." + key + " must be " + range + ": was " + was);
    }
}
