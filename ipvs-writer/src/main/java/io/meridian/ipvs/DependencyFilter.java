package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.RemoveRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateRealServer;
import io.meridian.ipvs.IpvsOperation.UpdateVirtualServer;
import io.meridian.ipvs.RouteOperation.AddRoute;
import io.meridian.ipvs.RouteOperation.RaiseInterface;
import io.meridian.ipvs.RouteOperation.RemoveRoute;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Withholds operations that depend on a refused one, which keeps make-before-break. One thread uses
 * a filter for one plan.
 */
public final class DependencyFilter {
    private final KernelState desired;
    private final Set<Endpoint> missingServers = new HashSet<>();
    private final Map<Endpoint, Set<Endpoint>> failedReals = new HashMap<>();
    private final Set<IpAddress> stuckRoutes = new HashSet<>();

    public DependencyFilter(KernelState desired) {
        this.desired = desired;
    }

    /** Records an operation that had no effect. */
    public void failed(Operation operation) {
        switch (operation) {
            case AddVirtualServer add -> missingServers.add(add.virtualServer());
            case AddRealServer add -> fail(add.virtualServer(), add.real().endpoint());
            case UpdateRealServer update -> fail(update.virtualServer(), update.real().endpoint());
            case RemoveRoute route -> stuckRoutes.add(route.address());
            case UpdateVirtualServer _,
                    RemoveVirtualServer _,
                    RemoveRealServer _,
                    RaiseInterface _,
                    AddRoute _ -> {}
        }
    }

    private void fail(Endpoint server, Endpoint real) {
        failedReals.computeIfAbsent(server, any -> new HashSet<>()).add(real);
    }

    /** The reason to withhold an operation; empty if it may be sent. */
    public Optional<String> reasonToWithhold(Operation operation) {
        return switch (operation) {
            case AddRoute route ->
                    reason(
                            hasNoServer(route.address()),
                            "no virtual server stands at " + route.address());
            case RemoveRealServer real -> keepsLast(real.virtualServer());
            case UpdateRealServer real when real.real().serves() -> Optional.empty();
            case UpdateRealServer real -> keepsLast(real.virtualServer());
            case RemoveVirtualServer server ->
                    reason(
                            stuckRoutes.contains(server.virtualServer().address()),
                            "the route to " + server.virtualServer().address() + " is still there");
            case AddVirtualServer _,
                    UpdateVirtualServer _,
                    AddRealServer _,
                    RaiseInterface _,
                    RemoveRoute _ ->
                    Optional.empty();
        };
    }

    /**
     * Whether no virtual server exists at an address. A route without one would lead clients to
     * services of this host on the same port.
     */
    private boolean hasNoServer(IpAddress address) {
        return !missingServers.isEmpty()
                && desired.table().entries().stream()
                        .map(entry -> entry.server().endpoint())
                        .filter(server -> server.address().equals(address))
                        .allMatch(missingServers::contains);
    }

    private Optional<String> keepsLast(Endpoint server) {
        Set<Endpoint> failed = failedReals.getOrDefault(server, Set.of());
        if (failed.isEmpty()) {
            return Optional.empty();
        }
        boolean serving = false;
        boolean wanted = false;
        for (RealServer real : desired.table().get(server).orElseThrow().realServers()) {
            wanted |= real.serves();
            serving |= real.serves() && !failed.contains(real.endpoint());
        }
        return reason(wanted && !serving, "every real server that should replace it was refused");
    }

    private static Optional<String> reason(boolean blocked, String text) {
        return blocked ? Optional.of(text) : Optional.empty();
    }
}
