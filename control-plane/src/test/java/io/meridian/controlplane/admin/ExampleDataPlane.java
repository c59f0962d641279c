package io.meridian.controlplane.admin;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.ipvs.GracefulTransition;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.RouteOperation.RaiseInterface;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.VirtualServer;
import io.meridian.ipvs.reconcile.Failure;
import io.meridian.ipvs.reconcile.IpvsSettings;
import io.meridian.ipvs.reconcile.IpvsStatus;
import io.meridian.ipvs.reconcile.NamespaceStatus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The data plane of {@link ExampleNode}: has one VIP, with counters that a test sets. */
final class ExampleDataPlane implements DataPlane {
    static final Endpoint VIP = tcp("11.0.0.1", 80);
    static final Endpoint ONE = tcp("10.0.0.1", 31000);
    static final Endpoint TWO = tcp("10.0.0.2", 31000);
    static final Instant NEXT_TRY = Instant.ofEpochSecond(2000);

    volatile Statistics counted = Statistics.NONE;
    volatile String limits = "";
    volatile List<Failure> failures = List.of();
    volatile List<Failure> fallbacks = List.of();
    volatile List<NamespaceStatus> namespaces = List.of();

    static Endpoint tcp(String address, int port) {
        return new Endpoint(IpAddress.literal(address), port, Protocol.TCP);
    }

    /**
     * Statistics with that number of connections for each real server, and packets and bytes in
     * proportion.
     */
    static Statistics connected(Map<Endpoint, Long> connections) {
        Map<Endpoint, Statistics.Real> reals = new TreeMap<>();
        Statistics.Counters total = Statistics.Counters.ZERO;
        for (Map.Entry<Endpoint, Long> entry : connections.entrySet()) {
            long n = entry.getValue();
            Statistics.Counters counters = new Statistics.Counters(n, 2 * n, 3 * n, 4 * n, 5 * n);
            reals.put(entry.getKey(), new Statistics.Real(counters, n, n + 1, 0));
            total = total.plus(counters);
        }
        return new Statistics(
                new TreeMap<>(Map.of(VIP, new Statistics.Server(total, new TreeMap<>(reals)))));
    }

    /** Statistics of a virtual server without a VIP. */
    private static SortedMap<GracefulTransition.RealServerKey, GracefulTransition.Drain>
            draining() {
        SortedMap<GracefulTransition.RealServerKey, GracefulTransition.Drain> all = new TreeMap<>();
        for (int port = 1; port <= 3; port++) {
            all.put(
                    new GracefulTransition.RealServerKey(
                            tcp("11.0.0.3", 80), tcp("10.0.0.3", port)),
                    new GracefulTransition.Drain(NEXT_TRY, NEXT_TRY));
        }
        return all;
    }

    @Override
    public List<NamespaceStatus> namespaces() {
        return namespaces;
    }

    @Override
    public Optional<IpvsStatus> status() {
        return Optional.of(
                new IpvsStatus(
                        "ipvs",
                        "",
                        List.of(),
                        4,
                        new IpvsStatus.Table(1, 2, draining(), 0),
                        failures,
                        fallbacks,
                        new IpvsStatus.Totals(7, 10, new TreeMap<>(Map.of("ENOMEM", 2L)), 1),
                        new IpvsStatus.LastRound(
                                Instant.ofEpochSecond(1000),
                                Duration.ofMillis(250),
                                "",
                                failures.isEmpty() ? Optional.empty() : Optional.of(NEXT_TRY)),
                        new IpvsStatus.Counted(counted, Instant.ofEpochSecond(990))));
    }

    @Override
    public NodeView node() {
        return NodeView.at(IpAddress.literal("10.0.0.9"));
    }

    @Override
    public IpvsSettings settings() {
        return IpvsSettings.from(
                ConfigFactory.parseString(limits).withFallback(ConfigFactory.load()));
    }

    @Override
    public CompletionStage<Proposal> plan() {
        return CompletableFuture.completedFuture(
                new Proposal(
                        "an example",
                        List.of(
                                new Proposal.Change(
                                        "build", new RaiseInterface(), "the interface is missing"),
                                new Proposal.Change(
                                        "build",
                                        new AddVirtualServer(VirtualServer.of(VIP, "wlc")),
                                        "a VIP asks for it")),
                        List.of(new Proposal.Held("vip=10.9.0.1", "another program balances it"))));
    }
}
