package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.service.VipScheduler;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Computes the state that one node's kernel should have: a virtual server for each address,
 * protocol and port, with its backends masqueraded, and a route for each address. The scheduler is
 * {@code wlc} unless labels request another.
 *
 * <p>Backends are masqueraded (IPVS's term for destination NAT) even for VIPs that keep client
 * addresses. Every node balances every VIP, so a packet with an unchanged destination (direct
 * routing, tunnel) would be balanced again on the backend's node. The firewall's masquerade rule
 * hides the client, so the exception belongs there (ADR 0020).
 */
public final class DesiredState {
    private final TransitionPolicy defaultPolicy;

    /** Entries of the previous image, by identity of the VIP: images share unchanged VIPs. */
    private IdentityHashMap<Vip, IpvsTable.Entry> made = new IdentityHashMap<>();

    private Optional<NodeView> madeFor = Optional.empty();

    /**
     * Converts one image after the other; unchanged VIPs cost nearly nothing. One thread at a time.
     *
     * @param defaultPolicy of VIPs that request no other
     */
    public DesiredState(TransitionPolicy defaultPolicy) {
        this.defaultPolicy = defaultPolicy;
    }

    /**
     * The target for an image.
     *
     * @param tentative see {@link Target}
     */
    public Target next(VipImage image, NodeView node, boolean tentative) {
        List<Vip> vips = image.vips(node.reachability());
        IdentityHashMap<Vip, IpvsTable.Entry> before =
                madeFor.filter(node::equals).isPresent() ? made : new IdentityHashMap<>();
        IdentityHashMap<Vip, IpvsTable.Entry> now = new IdentityHashMap<>(vips.size());
        Map<Endpoint, IpvsTable.Entry> table = HashMap.newHashMap(vips.size());
        Map<Endpoint, TransitionPolicy> policies = new TreeMap<>();
        SortedSet<IpAddress> routes = new TreeSet<>();
        SortedSet<Endpoint> keepingClients = new TreeSet<>();
        for (Vip vip : vips) {
            IpvsTable.Entry known = before.get(vip);
            IpvsTable.Entry entry = known != null ? known : entry(vip, node);
            now.put(vip, entry);
            Endpoint server = entry.server().endpoint();
            IpvsTable.Entry other = table.putIfAbsent(server, entry);
            if (other == null) {
                policy(vip.options(), defaultPolicy).ifPresent(own -> policies.put(server, own));
                if (vip.options().keepsClientAddress().orElse(false)) {
                    keepingClients.add(server);
                }
            } else {
                table.put(server, joined(other, entry));
            }
            routes.add(vip.address());
        }
        made = now;
        madeFor = Optional.of(node);
        return new Target(
                new KernelState(IpvsTable.of(table.values()), routes, LinkState.UP),
                policies,
                defaultPolicy,
                tentative,
                keepingClients);
    }

    /** The target for one image alone. */
    public static Target target(
            VipImage image, NodeView node, TransitionPolicy defaultPolicy, boolean tentative) {
        return new DesiredState(defaultPolicy).next(image, node, tentative);
    }

    /** The state that an image requests. */
    public static KernelState of(VipImage image, NodeView node) {
        return target(image, node, TransitionPolicy.IMMEDIATE, false).state();
    }

    /**
     * Makes one real server of tasks that share an endpoint; it serves if one of the tasks does.
     */
    private static IpvsTable.Entry entry(Vip vip, NodeView node) {
        List<RealServer> reals = new ArrayList<>(vip.backends().size());
        for (Vip.Backend backend : vip.backends()) {
            reals.add(RealServer.masquerade(reached(backend, node), backend.weight()));
        }
        Endpoint endpoint = new Endpoint(vip.address(), vip.key().port(), vip.key().protocol());
        return new IpvsTable.Entry(server(endpoint, vip.options()), reals);
    }

    /** Joins a named VIP and an IP VIP at its address; the first by name sets the options. */
    private static IpvsTable.Entry joined(IpvsTable.Entry first, IpvsTable.Entry second) {
        List<RealServer> reals = new ArrayList<>(first.realServers());
        reals.addAll(second.realServers());
        return new IpvsTable.Entry(first.server(), reals);
    }

    private static VirtualServer server(Endpoint endpoint, VipOptions options) {
        VirtualServer plain =
                VirtualServer.of(
                        endpoint, options.scheduler().orElse(VipScheduler.DEFAULT).label());
        return options.affinity().filter(Duration::isPositive).map(plain::persistent).orElse(plain);
    }

    private static Optional<TransitionPolicy> policy(
            VipOptions options, TransitionPolicy defaultPolicy) {
        return options.drain().isEmpty() && options.slowStart().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new TransitionPolicy(
                                options.drain().orElse(defaultPolicy.drain()),
                                options.slowStart().orElse(defaultPolicy.slowStart())));
    }

    /**
     * The endpoint to which this node sends. On the backend's own node that is the container,
     * because packets of IPVS skip the rules that map host ports (dcos-net 2.2). A container of the
     * other address family is excluded, because masquerading needs one family.
     */
    public static Endpoint reached(Vip.Backend backend, NodeView node) {
        if (backend.local().isEmpty()) {
            return backend.endpoint(); // the usual case
        }
        return backend.local()
                .filter(local -> node.owns(backend))
                .filter(local -> local.address().isIpv4() == backend.endpoint().address().isIpv4())
                .orElse(backend.endpoint());
    }
}
