package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.IpAddress;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Ownership;
import io.meridian.ipvs.RouteOperation;
import io.meridian.libc.Errno;
import io.meridian.netlink.LinkCodec;
import io.meridian.netlink.NetlinkException;
import io.meridian.netlink.NetlinkSocket;
import io.meridian.netlink.Refusal;
import io.meridian.netlink.Reply;
import io.meridian.netlink.Request;
import io.meridian.netlink.RouteCodec;
import io.meridian.netlink.RouteCodec.Kind;
import io.meridian.netlink.RouteCodec.Route;
import io.meridian.netlink.RouteCodec.Table;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Meridian's interface and the host routes on it, by rtnetlink.
 *
 * <p>dcos-net adds two routes for an IPv6 VIP of a host: {@code local} on the loopback interface,
 * and unicast by our interface in table main. Such a pair counts as our route, and so does the
 * first alone inside our range. A takeover keeps both, and both go with the VIP.
 */
final class VipRoutes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VipRoutes.class);
    private static final int LOOPBACK = 1; // LOOPBACK_IFINDEX, net/net_namespace.h

    private final String interfaceName;
    private final Kind kind;
    private final Ownership ownership;
    private final NetlinkSocket socket;

    /** Routes of dcos-net in the newest dump. */
    private Map<IpAddress, Pair> pairs = Map.of();

    private record Pair(Route local, Optional<Route> main) {}

    VipRoutes(String interfaceName, Kind kind, Ownership ownership, NetlinkSocket socket) {
        this.interfaceName = interfaceName;
        this.kind = kind;
        this.ownership = ownership;
        this.socket = socket;
    }

    LinkState linkState() throws NetlinkException {
        return link().map(found -> found.up() ? LinkState.UP : LinkState.DOWN)
                .orElse(LinkState.ABSENT);
    }

    private Optional<LinkCodec.Link> link() throws NetlinkException {
        List<LinkCodec.Link> found = new ArrayList<>(1);
        try {
            socket.get(
                    "cannot look up interface " + interfaceName,
                    LinkCodec.get(interfaceName),
                    body -> found.add(LinkCodec.decode(body)));
        } catch (NetlinkException e) {
            if (e.refusal().errno() != Errno.ENODEV) {
                throw e;
            }
        }
        return found.stream().findFirst();
    }

    /** Dumps the addresses whose packets reach IPVS by our interface. */
    SortedSet<IpAddress> addresses() throws NetlinkException {
        SortedSet<IpAddress> addresses = new TreeSet<>();
        Optional<LinkCodec.Link> link = link();
        if (link.isPresent()) {
            int index = link.get().index();
            List<Route> routes = new ArrayList<>(dump(true, Table.LOCAL));
            routes.addAll(dump(false, Table.LOCAL));
            routes.stream()
                    .filter(route -> route.is(kind) && route.link() == index)
                    .forEach(route -> addresses.add(route.address()));
            pairs = pairs(routes, index);
            addresses.addAll(pairs.keySet());
        }
        return addresses;
    }

    private Map<IpAddress, Pair> pairs(List<Route> local, int index) throws NetlinkException {
        Map<IpAddress, Route> onLoopback = new HashMap<>();
        for (Route route : local) {
            if (route.is(kind) && route.link() == LOOPBACK && route.address().isIpv6()) {
                onLoopback.put(route.address(), route);
            }
        }
        if (onLoopback.isEmpty()) {
            return Map.of();
        }
        Map<IpAddress, Route> out = new HashMap<>();
        for (Route main : dump(false, Table.MAIN)) {
            if (main.isUnicast() && main.link() == index) {
                out.put(main.address(), main);
            }
        }
        Map<IpAddress, Pair> found = new HashMap<>();
        onLoopback.forEach(
                (address, route) -> {
                    if (out.containsKey(address) || ownership.inRange(address)) {
                        found.put(address, new Pair(route, Optional.ofNullable(out.get(address))));
                    }
                });
        return found;
    }

    private List<Route> dump(boolean ipv4, Table table) throws NetlinkException {
        List<Route> routes = new ArrayList<>();
        try {
            socket.dump(
                    "cannot dump routes",
                    RouteCodec.dump(ipv4, table),
                    routes::clear,
                    body -> RouteCodec.decode(body, table).ifPresent(routes::add));
        } catch (NetlinkException e) {
            // A namespace without any IPv6 address has no such table yet.
            if (e.refusal().errno() != Errno.ENOENT) {
                throw e;
            }
        }
        return routes;
    }

    /** Executes operations and returns one reply for each, in the same order. */
    List<Reply> execute(List<RouteOperation> operations) throws NetlinkException {
        Optional<LinkCodec.Link> link = link();
        List<Request> requests = new ArrayList<>(operations.size());
        for (RouteOperation operation : operations) {
            switch (operation) {
                case RouteOperation.RaiseInterface _ -> requests.add(raise());
                case RouteOperation.AddRoute add when link.isPresent() ->
                        requests.add(RouteCodec.add(add.address(), kind, link.get().index()));
                case RouteOperation.RemoveRoute remove when link.isPresent() ->
                        requests.add(remove(remove.address(), link.get().index()));
                case RouteOperation.AddRoute _, RouteOperation.RemoveRoute _ -> {
                    return Collections.nCopies(
                            operations.size(),
                            new Reply.Refused(
                                    Refusal.of(
                                            Errno.ENODEV.number(),
                                            "interface " + interfaceName + " is missing")));
                }
            }
        }
        List<Reply> replies = socket.execute(requests);
        removeFromMain(operations);
        return replies;
    }

    /**
     * Raises the interface. In a container the CNI plugin creates it, and would fail on one of
     * ours.
     */
    private Request raise() {
        return kind == Kind.LOCAL
                ? LinkCodec.raiseDummy(interfaceName)
                : LinkCodec.raise(interfaceName);
    }

    private Request remove(IpAddress address, int index) {
        return Optional.ofNullable(pairs.get(address))
                .map(pair -> RouteCodec.remove(pair.local()))
                .orElseGet(() -> RouteCodec.remove(address, kind, index));
    }

    /**
     * Removes dcos-net's second route; alone it would send packets to our interface, which drops
     * them.
     */
    private void removeFromMain(List<RouteOperation> operations) throws NetlinkException {
        for (RouteOperation operation : operations) {
            if (operation instanceof RouteOperation.RemoveRoute remove) {
                Optional<Route> main =
                        Optional.ofNullable(pairs.get(remove.address())).flatMap(Pair::main);
                if (main.isPresent()) {
                    removeFromMain(main.get());
                }
            }
        }
    }

    private void removeFromMain(Route main) throws NetlinkException {
        Reply reply = socket.execute(List.of(RouteCodec.remove(main))).getFirst();
        if (!reply.equals(Reply.ACCEPTED)) {
            LOG.warn(
                    "cannot remove route from table main: address={}: {}; packets to it are lost"
                            + " until an operator removes the route",
                    main.address(),
                    reply);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
