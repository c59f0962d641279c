package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.service.VipScheduler;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * From VIPs to what one node's kernel should hold: a virtual server for each address, protocol and
 * port, {@code wlc} unless its labels ask for another scheduler, its backends masqueraded behind
 * it, and a route for each address.
 *
 * <p>Masqueraded (IPVS's word for rewriting the destination) also where a VIP asks to keep its
 * clients' addresses: every node balances every VIP, so a packet that keeps its destination (direct
 * routing, tunnel) would be balanced once more where it arrives. What hides a client is the
 * firewall's masquerade rule, so that makes the exception.
 */
public final class DesiredState {
    private DesiredState() {}

    /**
     * With how gently to get there.
     *
     * @param usual pace of VIPs that don't ask for another
     * @param tentative see {@link Target}
     */
    public static Target target(VipImage image, NodeView node, Pace usual, boolean tentative) {
        Map<Endpoint, VirtualServer> servers = new TreeMap<>();
        Map<Endpoint, Map<Endpoint, Integer>> weights = new TreeMap<>();
        Map<Endpoint, Pace> paces = new TreeMap<>();
        SortedSet<IpAddress> routes = new TreeSet<>();
        SortedSet<Endpoint> keepingClients = new TreeSet<>();
        for (Vip vip : image.vips(node.reachability())) {
            Endpoint server = new Endpoint(vip.address(), vip.key().port(), vip.key().protocol());
            // A named VIP and an IP VIP at its address are one: the first by name sets options.
            if (servers.putIfAbsent(server, server(server, vip.options())) == null) {
                pace(vip.options(), usual).ifPresent(own -> paces.put(server, own));
                if (vip.options().keepsClientAddress().orElse(false)) {
                    keepingClients.add(server);
                }
            }
            Map<Endpoint, Integer> reals = weights.computeIfAbsent(server, any -> new TreeMap<>());
            // Tasks that share an endpoint are one real server: it serves as long as one of them
            // does.
            vip.backends()
                    .forEach(
                            backend ->
                                    reals.merge(
                                            reached(backend, node), backend.weight(), Math::max));
            routes.add(vip.address());
        }
        IpvsTable.Builder table = new IpvsTable.Builder();
        servers.forEach(
                (endpoint, server) ->
                        table.put(
                                server,
                                weights.get(endpoint).entrySet().stream()
                                        .map(
                                                real ->
                                                        RealServer.masquerade(
                                                                real.getKey(), real.getValue()))
                                        .toList()));
        return new Target(
                new KernelState(table.build(), routes, LinkState.UP),
                paces,
                usual,
                tentative,
                keepingClients);
    }

    /** What the image asks for, at whatever pace. */
    public static KernelState of(VipImage image, NodeView node) {
        return target(image, node, Pace.AT_ONCE, false).state();
    }

    private static VirtualServer server(Endpoint endpoint, VipOptions options) {
        VirtualServer plain =
                VirtualServer.of(
                        endpoint, options.scheduler().orElse(VipScheduler.DEFAULT).label());
        return options.affinity().filter(Duration::isPositive).map(plain::persistent).orElse(plain);
    }

    private static Optional<Pace> pace(VipOptions options, Pace usual) {
        return options.drain().isEmpty() && options.slowStart().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Pace(
                                options.drain().orElse(usual.drain()),
                                options.slowStart().orElse(usual.slowStart())));
    }

    /**
     * Where this node must send: on the owner the container itself, because redirected packets skip
     * the rules that map host ports (dcos-net 2.2); unless its family differs, which masquerading
     * can't cross.
     */
    public static Endpoint reached(Vip.Backend backend, NodeView node) {
        return backend.local()
                .filter(local -> node.owns(backend))
                .filter(local -> local.address().isIpv4() == backend.endpoint().address().isIpv4())
                .orElse(backend.endpoint());
    }
}
