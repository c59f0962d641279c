package io.meridian.sources.mesos;

import com.typesafe.config.Config;

import io.meridian.sources.http.ApiUrl;
import io.meridian.sources.http.BadSettingException;
import io.meridian.sources.http.Credentials;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.SettingsReader;
import io.meridian.sources.http.Tls;
import io.meridian.sources.marathon.MarathonSettings;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How to reach the Mesos masters and how much to trust a new leader; keys under {@value #PREFIX},
 * explained in {@code reference.conf}.
 *
 * @param urls of masters; rotated on failure
 * @param zookeeper where masters register; then {@code urls} are not asked
 * @param scheme of masters that ZooKeeper names
 * @param allowedRedirectHosts hosts that a standby may send us to; {@code *} is any
 * @param marathonFramework name of the framework whose services a Marathon source tells of
 * @param bridgeNetworks names of container networks whose addresses are private to an agent
 */
public record MesosSettings(
        List<URI> urls,
        Optional<ZooKeeperAddress> zookeeper,
        String scheme,
        Set<String> allowedRedirectHosts,
        Credentials credentials,
        Tls tls,
        Optional<String> marathonFramework,
        Set<String> bridgeNetworks,
        Duration connectTimeout,
        Duration readTimeout,
        Duration requestTimeout,
        Duration backoffMin,
        Duration backoffMax,
        Duration backoffResetAfter,
        long recordMaxSize,
        long stateMaxSize,
        Duration barrierLimit,
        Duration barrierQuiet,
        Duration listingInterval,
        Duration pollInterval,
        Duration agentTtl,
        Duration agentFailedTtl,
        Duration agentTimeout) {
    static final String PREFIX = "meridian.sources.mesos";
    static final String ENDPOINT = "/api/v1";

    private static final String EXAMPLE = "http://mesos.example.org:5050";

    public MesosSettings {
        urls = List.copyOf(urls);
        allowedRedirectHosts = Set.copyOf(allowedRedirectHosts);
        bridgeNetworks = Set.copyOf(bridgeNetworks);
    }

    /** Whether a Mesos is configured at all. */
    public boolean enabled() {
        return !urls.isEmpty() || zookeeper.isPresent();
    }

    /**
     * Reads and checks the settings.
     *
     * @param config the whole configuration, with {@code reference.conf} under it
     * @throws BadSettingException for a value of a wrong type or out of its range
     */
    public static MesosSettings from(Config config) {
        SettingsReader in = new SettingsReader(config, PREFIX);
        Duration min = in.duration("backoff.min", Duration.ofMillis(100), Duration.ofMinutes(10));
        return new MesosSettings(
                in.texts("urls").stream()
                        .map(url -> ApiUrl.read(in, "urls", url, EXAMPLE))
                        .toList(),
                zookeeper(in),
                scheme(in),
                hosts(in),
                Credentials.from(in),
                Tls.from(in),
                marathon(config),
                new TreeSet<>(in.texts("bridge-networks")),
                in.duration("connect-timeout", Duration.ofMillis(10), Duration.ofMinutes(5)),
                in.duration("read-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
                in.duration("request-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
                min,
                in.duration("backoff.max", min, Duration.ofHours(1)),
                in.duration("backoff.reset-after", Duration.ZERO, Duration.ofHours(24)),
                in.bytes("records.max-size", 1 << 10, Integer.MAX_VALUE - 8),
                in.bytes("polling.max-size", 1 << 10, Integer.MAX_VALUE - 8),
                in.duration("failover.reregister-limit", Duration.ZERO, Duration.ofHours(24)),
                in.duration("failover.quiet-period", Duration.ZERO, Duration.ofHours(1)),
                in.duration("listing.interval", Duration.ofMillis(100), Duration.ofHours(24)),
                in.duration("polling.interval", Duration.ofSeconds(30), Duration.ofHours(24)),
                in.duration("agents.ttl", Duration.ofMillis(10), Duration.ofHours(24)),
                in.duration("agents.failed-ttl", Duration.ofMillis(10), Duration.ofHours(24)),
                in.duration("agents.timeout", Duration.ofMillis(10), Duration.ofMinutes(5)));
    }

    /**
     * @param masters base URLs that ZooKeeper names
     */
    RedirectPolicy redirects(List<URI> masters) {
        List<URI> known = new java.util.ArrayList<>(urls);
        known.addAll(masters);
        return new RedirectPolicy(known, allowedRedirectHosts, ENDPOINT);
    }

    FoldSettings fold() {
        return new FoldSettings(barrierLimit, barrierQuiet, marathonFramework, bridgeNetworks);
    }

    private static Optional<ZooKeeperAddress> zookeeper(SettingsReader in) {
        String text = in.text("zookeeper");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        // The text may hold a password.
        return Optional.of(
                ZooKeeperAddress.parse(text)
                        .orElseThrow(
                                () ->
                                        in.bad(
                                                "zookeeper",
                                                "must be a URL such as"
                                                    + " zk://10.0.0.1:2181,10.0.0.2:2181/mesos")));
    }

    private static String scheme(SettingsReader in) {
        String scheme = in.text("scheme");
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw in.bad("scheme", "must be http or https: was \"" + scheme + "\"");
        }
        return scheme;
    }

    private static Set<String> hosts(SettingsReader in) {
        Set<String> hosts = new TreeSet<>();
        in.texts("allowed-redirect-hosts")
                .forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
        return hosts;
    }

    private static Optional<String> marathon(Config config) {
        MarathonSettings marathon = MarathonSettings.from(config);
        return marathon.enabled() ? Optional.of(marathon.frameworkName()) : Optional.empty();
    }
}
