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
    private final TransitionPolicy defaultPolicy;

    /**
     * What came of the newest image's VIPs, by identity: images have in common what is as before.
     */
    private IdentityHashMap<Vip, IpvsTable.Entry> made = new IdentityHashMap<>();

    private Optional<NodeView> madeFor = Optional.empty();

    /**
     * For one image after the other, where what is as before costs next to nothing; one thread at a
     * time.
     *
     * @param defaultPolicy pace of VIPs that don't ask for another
     */
    public DesiredState(TransitionPolicy defaultPolicy) {
        this.defaultPolicy = defaultPolicy;
    }

    /**
     * What an image asks for, with how gently to get there.
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

    /** What that image asks for, without another one before. */
    public static Target target(
            VipImage image, NodeView node, TransitionPolicy defaultPolicy, boolean tentative) {
        return new DesiredState(defaultPolicy).next(image, node, tentative);
    }

    /** What the image asks for, at whatever pace. */
    public static KernelState of(VipImage image, NodeView node) {
        return target(image, node, TransitionPolicy.IMMEDIATE, false).state();
    }

    /** Tasks that share an endpoint are one real server: it serves as long as one of them does. */
    private static IpvsTable.Entry entry(Vip vip, NodeView node) {
        List<RealServer> reals = new ArrayList<>(vip.backends().size());
        for (Vip.Backend backend : vip.backends()) {
            reals.add(RealServer.masquerade(reached(backend, node), backend.weight()));
        }
        Endpoint endpoint = new Endpoint(vip.address(), vip.key().port(), vip.key().protocol());
        return new IpvsTable.Entry(server(endpoint, vip.options()), reals);
    }

    /** A named VIP and an IP VIP at its address are one: the first by name sets options. */
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
     * Where this node must send: on the owner the container itself, because redirected packets skip
     * the rules that map host ports (dcos-net 2.2); unless its family differs, which masquerading
     * can't cross.
     */
    public static Endpoint reached(Vip.Backend backend, NodeView node) {
        if (backend.local().isEmpty()) {
            return backend.endpoint(); // nearly all
        }
        return backend.local()
                .filter(local -> node.owns(backend))
                .filter(local -> local.address().isIpv4() == backend.endpoint().address().isIpv4())
                .orElse(backend.endpoint());
    }
}
