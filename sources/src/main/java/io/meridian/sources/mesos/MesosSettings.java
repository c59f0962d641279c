package io.meridian.sources.mesos;

import com.typesafe.config.Config;

import io.meridian.sources.http.BadSettingException;
import io.meridian.sources.http.ConnectionSettings;
import io.meridian.sources.http.LookupSettings;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.SettingsReader;
import io.meridian.sources.marathon.MarathonSettings;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How to reach the Mesos masters and how far to trust a new leader; keys under {@value #PREFIX},
 * explained in {@code reference.conf}.
 *
 * @param connection URLs of the masters, rotated on failure, and how to reach them
 * @param zookeeper where masters register; if present, {@code connection.urls} are not asked
 * @param scheme of the URLs of masters that ZooKeeper names
 * @param marathon the framework that a Marathon source reads; empty without one
 * @param bridgeNetworks names of container networks whose addresses are private to an agent
 * @param recordMaxSize bytes of one record of the event stream
 * @param listingInterval between complete listings of what the stream has reported
 */
public record MesosSettings(
        ConnectionSettings connection,
        Optional<ZooKeeperAddress> zookeeper,
        String scheme,
        Optional<MarathonFramework> marathon,
        Set<String> bridgeNetworks,
        long recordMaxSize,
        FailoverSettings failover,
        Duration listingInterval,
        PollingSettings polling,
        LookupSettings agents) {
    static final String PREFIX = "meridian.sources.mesos";
    static final String ENDPOINT = "/api/v1";

    private static final String EXAMPLE = "http://mesos.example.org:5050";

    public MesosSettings {
        bridgeNetworks = Set.copyOf(bridgeNetworks);
    }

    /** Whether any Mesos master is configured. */
    public boolean enabled() {
        return !connection.urls().isEmpty() || zookeeper.isPresent();
    }

    /**
     * Reads and checks the settings.
     *
     * @param config the whole configuration, with {@code reference.conf} under it
     * @throws BadSettingException for a value of a wrong type or out of its range
     */
    public static MesosSettings from(Config config) {
        SettingsReader in = new SettingsReader(config, PREFIX);
        return new MesosSettings(
                ConnectionSettings.from(in, EXAMPLE),
                zookeeper(in),
                scheme(in),
                marathon(config),
                new TreeSet<>(in.texts("bridge-networks")),
                in.bytesInHeap("records.max-size", 1 << 10, Integer.MAX_VALUE - 8),
                FailoverSettings.from(in),
                in.duration("listing.interval", Duration.ofMillis(100), Duration.ofHours(24)),
                PollingSettings.from(in),
                LookupSettings.from(in));
    }

    /**
     * @param masters base URLs that ZooKeeper names
     */
    RedirectPolicy redirects(List<URI> masters) {
        return connection.redirects(masters);
    }

    FoldSettings fold() {
        return new FoldSettings(failover, marathon, bridgeNetworks);
    }

    /** Messages must not quote the value: it may hold a password. */
    private static Optional<ZooKeeperAddress> zookeeper(SettingsReader in) {
        String text = in.text("zookeeper");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<ZooKeeperAddress> address = ZooKeeperAddress.parse(text);
        if (address.isEmpty()) {
            throw in.bad(
                    "zookeeper", "must be a URL such as zk://10.0.0.1:2181,10.0.0.2:2181/mesos");
        }
        return address;
    }

    private static String scheme(SettingsReader in) {
        String scheme = in.text("scheme");
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw in.bad("scheme", "must be http or https: was \"" + scheme + "\"");
        }
        return scheme;
    }

    private static Optional<MarathonFramework> marathon(Config config) {
        MarathonSettings marathon = MarathonSettings.from(config);
        return marathon.enabled()
                ? Optional.of(
                        new MarathonFramework(marathon.frameworkName(), marathon.frameworkId()))
                : Optional.empty();
    }
}
