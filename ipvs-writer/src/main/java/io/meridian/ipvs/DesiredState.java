package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * From VIPs to what one node's kernel should hold: a {@code wlc} virtual server for each address,
 * protocol and port, its backends masqueraded behind it, and a route for each address.
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
        return new Target(of(image, node), Map.of(), usual, tentative);
    }

    public static KernelState of(VipImage image, NodeView node) {
        Map<Endpoint, Map<Endpoint, Integer>> weights = new TreeMap<>();
        SortedSet<IpAddress> routes = new TreeSet<>();
        for (Vip vip : image.vips(node.reachability())) {
            Endpoint server = new Endpoint(vip.address(), vip.key().port(), vip.key().protocol());
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
        weights.forEach(
                (server, reals) ->
                        table.put(
                                VirtualServer.of(server, VirtualServer.WLC),
                                reals.entrySet().stream()
                                        .map(
                                                real ->
                                                        RealServer.masquerade(
                                                                real.getKey(), real.getValue()))
                                        .toList()));
        return new KernelState(table.build(), routes, LinkState.UP);
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
