package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.IpAddress;
import io.meridian.ipvs.Errno;
import io.meridian.ipvs.IpvsOperation;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.RealServer;
import io.meridian.ipvs.Refusal;
import io.meridian.ipvs.RouteOperation;
import io.meridian.ipvs.VirtualServer;
import io.meridian.ipvs.netlink.Answer;
import io.meridian.ipvs.netlink.GenericNetlink;
import io.meridian.ipvs.netlink.IpvsCodec;
import io.meridian.ipvs.netlink.LinkCodec;
import io.meridian.ipvs.netlink.NetlinkException;
import io.meridian.ipvs.netlink.NetlinkSocket;
import io.meridian.ipvs.netlink.RouteCodec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The kernel of the network namespace that the opening thread was in: IPVS by generic netlink,
 * routes by rtnetlink.
 */
public final class NetlinkKernel implements Kernel {
    private final String interfaceName;
    private final NetlinkSocket generic;
    private final NetlinkSocket route;
    private final IpvsCodec codec;
    private final Availability availability;

    private NetlinkKernel(
            String interfaceName,
            NetlinkSocket generic,
            NetlinkSocket route,
            int family,
            List<String> warnings) {
        this.interfaceName = interfaceName;
        this.generic = generic;
        this.route = route;
        this.codec = new IpvsCodec(family);
        this.availability = new Availability.Ready(warnings);
    }

    /**
     * A kernel to program, or one that says why there is none. Sets the host up as the settings
     * ask.
     */
    static Kernel open(IpvsSettings settings) {
        NetlinkSocket generic = null;
        try {
            generic = NetlinkSocket.generic(settings.receiveBufferBytes());
            int family = GenericNetlink.family(generic, IpvsCodec.FAMILY);
            requirePermission(generic, family);
            NetlinkSocket route = NetlinkSocket.route(settings.receiveBufferBytes());
            List<String> warnings =
                    settings.hostSetup()
                            ? HostSetup.ofHost(settings.iptables()).apply()
                            : List.of();
            return new NetlinkKernel(settings.interfaceName(), generic, route, family, warnings);
        } catch (NetlinkException e) {
            if (generic != null) {
                generic.close();
            }
            return new UnavailableKernel(reason(e));
        } catch (UnsatisfiedLinkError | IllegalCallerException e) {
            return new UnavailableKernel(
                    "IPVS is not available: cannot call libc: " + e.getMessage());
        }
    }

    /** Reading the table needs CAP_NET_ADMIN just as writing it does. */
    private static void requirePermission(NetlinkSocket generic, int family)
            throws NetlinkException {
        generic.dump(
                "cannot read the IPVS table",
                new IpvsCodec(family).dumpServices(),
                () -> {},
                body -> {});
    }

    private static String reason(NetlinkException e) {
        Errno errno = e.refusal().errno();
        if (errno == Errno.ENOENT) {
            return "IPVS is not available: genetlink has no family IPVS (ENOENT, 2); load module"
                    + " ip_vs or set meridian.dataplane.kind=dry-run";
        }
        if (errno == Errno.EPERM) {
            return "IPVS is not available: "
                    + e.getMessage()
                    + "; run as root or with CAP_NET_ADMIN"
                    + " or set meridian.dataplane.kind=dry-run";
        }
        return "IPVS is not available: " + e.getMessage();
    }

    @Override
    public Availability availability() {
        return availability;
    }

    @Override
    public KernelState observe() throws NetlinkException {
        Optional<LinkCodec.Link> link = link();
        LinkState state =
                link.map(found -> found.up() ? LinkState.UP : LinkState.DOWN)
                        .orElse(LinkState.ABSENT);
        SortedSet<IpAddress> routes = new TreeSet<>();
        if (link.isPresent()) {
            routes.addAll(routes(true, link.get().index()));
            routes.addAll(routes(false, link.get().index()));
        }
        return new KernelState(table(), routes, state);
    }

    private IpvsTable table() throws NetlinkException {
        List<VirtualServer> servers = new ArrayList<>();
        generic.dump(
                "cannot dump virtual servers",
                codec.dumpServices(),
                servers::clear,
                body -> codec.decodeService(body).ifPresent(servers::add));
        IpvsTable.Builder table = new IpvsTable.Builder();
        for (VirtualServer server : servers) {
            List<RealServer> reals = new ArrayList<>();
            generic.dump(
                    "cannot dump real servers of vs=" + server.endpoint(),
                    codec.dumpDests(server.endpoint()),
                    reals::clear,
                    body -> codec.decodeDest(body, server.endpoint()).ifPresent(reals::add));
            table.put(server, reals);
        }
        return table.build();
    }

    private SortedSet<IpAddress> routes(boolean ipv4, int link) throws NetlinkException {
        SortedSet<IpAddress> routes = new TreeSet<>();
        try {
            route.dump(
                    "cannot dump routes",
                    RouteCodec.dump(ipv4),
                    routes::clear,
                    body -> RouteCodec.decode(body, link).ifPresent(routes::add));
        } catch (NetlinkException e) {
            if (e.refusal().errno()
                    != Errno.ENOENT) { // a namespace without any IPv6 address has no local table
                // yet
                throw e;
            }
        }
        return routes;
    }

    private Optional<LinkCodec.Link> link() throws NetlinkException {
        List<LinkCodec.Link> found = new ArrayList<>(1);
        try {
            route.get(
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

    @Override
    public List<Outcome> execute(List<Operation> operations) throws NetlinkException {
        List<Outcome> outcomes = new ArrayList<>(operations.size());
        int from = 0;
        while (from < operations.size()) {
            int to = endOfRun(operations, from);
            switch (operations.get(from)) {
                case IpvsOperation _ -> ipvs(operations.subList(from, to), outcomes);
                case RouteOperation.RaiseInterface raise ->
                        outcomes(
                                List.of(raise),
                                route.execute(List.of(LinkCodec.raiseDummy(interfaceName))),
                                outcomes);
                case RouteOperation _ -> routes(operations.subList(from, to), outcomes);
            }
            from = to;
        }
        return outcomes;
    }

    /** Operations that go through one socket in one go: order between the sockets must hold too. */
    private static int endOfRun(List<Operation> operations, int from) {
        int kind = kind(operations.get(from));
        int to = from + 1;
        while (to < operations.size() && kind != RAISE && kind(operations.get(to)) == kind) {
            to++;
        }
        return to;
    }

    private static final int RAISE = 1;

    private static int kind(Operation operation) {
        return switch (operation) {
            case IpvsOperation _ -> 0;
            case RouteOperation.RaiseInterface _ -> RAISE;
            case RouteOperation.AddRoute _, RouteOperation.RemoveRoute _ -> 2;
        };
    }

    private void ipvs(List<Operation> operations, List<Outcome> outcomes) throws NetlinkException {
        outcomes(
                operations,
                generic.execute(
                        operations.stream()
                                .map(operation -> codec.encode((IpvsOperation) operation))
                                .toList()),
                outcomes);
    }

    private void routes(List<Operation> operations, List<Outcome> outcomes)
            throws NetlinkException {
        Optional<LinkCodec.Link> link = link();
        if (link.isEmpty()) {
            Refusal refusal =
                    Refusal.of(Errno.ENODEV.number(), "interface " + interfaceName + " is missing");
            operations.forEach(operation -> outcomes.add(new Outcome.Refused(operation, refusal)));
            return;
        }
        int index = link.get().index();
        outcomes(
                operations,
                route.execute(
                        operations.stream()
                                .map(
                                        operation ->
                                                operation
                                                                instanceof
                                                                RouteOperation.RemoveRoute remove
                                                        ? RouteCodec.remove(remove.address(), index)
                                                        : RouteCodec.add(
                                                                ((RouteOperation.AddRoute)
                                                                                operation)
                                                                        .address(),
                                                                index))
                                .toList()),
                outcomes);
    }

    private static void outcomes(
            List<Operation> operations, List<Answer> answers, List<Outcome> outcomes) {
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            outcomes.add(
                    switch (answers.get(i)) {
                        case Answer.Accepted _ -> new Outcome.Done(operation);
                        case Answer.Refused refused ->
                                new Outcome.Refused(operation, refused.refusal());
                        case Answer.Lost lost -> new Outcome.Lost(operation, lost.reason());
                    });
        }
    }

    @Override
    public void close() {
        generic.close();
        route.close();
    }
}
