package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.ipvs.ConnectionTimeouts;
import io.meridian.ipvs.Errno;
import io.meridian.ipvs.IpvsOperation;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Observation;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Ownership;
import io.meridian.ipvs.Refusal;
import io.meridian.ipvs.RouteOperation;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.netlink.Answer;
import io.meridian.ipvs.netlink.GenericNetlink;
import io.meridian.ipvs.netlink.IpvsCodec;
import io.meridian.ipvs.netlink.IpvsDump;
import io.meridian.ipvs.netlink.LinkCodec;
import io.meridian.ipvs.netlink.NetlinkException;
import io.meridian.ipvs.netlink.NetlinkSocket;
import io.meridian.ipvs.netlink.Request;
import io.meridian.ipvs.netlink.RouteCodec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The kernel of the network namespace that the opening thread was in: IPVS by generic netlink,
 * routes by rtnetlink.
 */
public final class NetlinkKernel implements Kernel {
    /** Is there once the module is. */
    private static final Path TABLE = Path.of("/proc/net/ip_vs");

    private static final int LOOPBACK = 1;

    private final String interfaceName;
    private final NetlinkSocket generic;
    private final NetlinkSocket route;
    private final IpvsCodec codec;
    private final Ownership ownership;
    private final Availability availability;

    /**
     * IPv6 addresses of ours that are routed on the loopback interface, as of the last dump:
     * dcos-net does so (dcos-net 2.4).
     */
    private Set<IpAddress> onLoopback = new HashSet<>();

    private NetlinkKernel(
            IpvsSettings settings,
            NetlinkSocket generic,
            NetlinkSocket route,
            int family,
            List<String> warnings) {
        this.interfaceName = settings.interfaceName();
        this.ownership = settings.ownership();
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
        return open(
                settings,
                (generic, codec) -> {
                    List<String> warnings = new ArrayList<>();
                    if (settings.hostSetup()) {
                        warnings.addAll(HostSetup.ofHost(settings.iptables()).apply());
                    }
                    setTimeouts(generic, codec, settings.timeouts()).ifPresent(warnings::add);
                    return warnings;
                });
    }

    /**
     * A kernel to look at, or one that says why there is none; changes nothing, and loads no
     * module.
     */
    static Kernel inspect(IpvsSettings settings) {
        if (!Files.exists(TABLE)) {
            return new UnavailableKernel("IPVS is not loaded: there is no " + TABLE);
        }
        return open(settings, (_, _) -> List.of());
    }

    /** What is done once the kernel is known to be there; what fails of it, in words. */
    private interface SetUp {
        List<String> apply(NetlinkSocket generic, IpvsCodec codec);
    }

    private static Kernel open(IpvsSettings settings, SetUp setUp) {
        NetlinkSocket generic = null;
        try {
            generic = NetlinkSocket.generic(settings.receiveBufferBytes());
            int family = GenericNetlink.family(generic, IpvsCodec.FAMILY);
            requirePermission(generic, family);
            NetlinkSocket route = NetlinkSocket.route(settings.receiveBufferBytes());
            List<String> warnings = setUp.apply(generic, new IpvsCodec(family));
            return new NetlinkKernel(settings, generic, route, family, warnings);
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

    private static Optional<String> setTimeouts(
            NetlinkSocket generic, IpvsCodec codec, ConnectionTimeouts timeouts) {
        if (timeouts.equals(ConnectionTimeouts.UNTOUCHED)) {
            return Optional.empty();
        }
        String why;
        try {
            why =
                    switch (generic.execute(List.of(codec.setTimeouts(timeouts))).getFirst()) {
                        case Answer.Accepted _ -> "";
                        case Answer.Refused refused -> "kernel said " + refused.refusal();
                        case Answer.Lost lost -> lost.reason();
                    };
        } catch (NetlinkException e) {
            why = e.getMessage();
        }
        return why.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "cannot set IPVS timeouts: " + why + "; the kernel's own stay in force");
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
    public Observation observe() throws NetlinkException {
        Optional<LinkCodec.Link> link = link();
        LinkState state =
                link.map(found -> found.up() ? LinkState.UP : LinkState.DOWN)
                        .orElse(LinkState.ABSENT);
        SortedSet<IpAddress> routes = new TreeSet<>();
        Set<IpAddress> adopted = new HashSet<>();
        if (link.isPresent()) {
            for (RouteCodec.Route each : routes()) {
                if (each.link() == link.get().index()) {
                    routes.add(each.address());
                } else if (each.link() == LOOPBACK
                        && each.address().isIpv6()
                        && ownership.inRange(each.address())) {
                    routes.add(each.address());
                    adopted.add(each.address());
                }
            }
        }
        onLoopback = adopted;
        IpvsTable.Builder table = new IpvsTable.Builder();
        SortedMap<Endpoint, Statistics.Server> statistics = new TreeMap<>();
        for (IpvsDump.CountedService found : services()) {
            List<IpvsDump.CountedDest> dests = dests(found.server().endpoint());
            table.put(found.server(), dests.stream().map(IpvsDump.CountedDest::server).toList());
            statistics.put(found.server().endpoint(), counted(found.counters(), dests));
        }
        return new Observation(
                new KernelState(table.build(), routes, state), new Statistics(statistics));
    }

    @Override
    public Statistics count(Set<Endpoint> virtualServers) throws NetlinkException {
        SortedMap<Endpoint, Statistics.Server> statistics = new TreeMap<>();
        for (Endpoint server : virtualServers) {
            try {
                statistics.put(server, counted(Statistics.Counters.ZERO, dests(server)));
            } catch (NetlinkException e) {
                if (e.refusal().errno() != Errno.ESRCH) { // somebody has removed it
                    throw e;
                }
            }
        }
        return new Statistics(statistics);
    }

    private static Statistics.Server counted(
            Statistics.Counters counters, List<IpvsDump.CountedDest> dests) {
        SortedMap<Endpoint, Statistics.Real> reals = new TreeMap<>();
        dests.forEach(dest -> reals.put(dest.server().endpoint(), dest.counted()));
        return new Statistics.Server(counters, reals);
    }

    private List<IpvsDump.CountedService> services() throws NetlinkException {
        List<IpvsDump.CountedService> services = new ArrayList<>();
        generic.dump(
                "cannot dump virtual servers",
                codec.dumpServices(),
                services::clear,
                body -> IpvsDump.decodeService(body).ifPresent(services::add));
        return services;
    }

    private List<IpvsDump.CountedDest> dests(Endpoint server) throws NetlinkException {
        List<IpvsDump.CountedDest> dests = new ArrayList<>();
        generic.dump(
                "cannot dump real servers of vs=" + server,
                codec.dumpDests(server),
                dests::clear,
                body -> IpvsDump.decodeDest(body, server).ifPresent(dests::add));
        return dests;
    }

    private List<RouteCodec.Route> routes() throws NetlinkException {
        List<RouteCodec.Route> all = new ArrayList<>();
        for (boolean ipv4 : List.of(true, false)) {
            List<RouteCodec.Route> family = new ArrayList<>();
            try {
                route.dump(
                        "cannot dump routes",
                        RouteCodec.dump(ipv4),
                        family::clear,
                        body -> RouteCodec.decode(body).ifPresent(family::add));
            } catch (NetlinkException e) {
                if (e.refusal().errno() != Errno.ENOENT) { // a namespace without any IPv6 address
                    throw e; // has no local table yet
                }
            }
            all.addAll(family);
        }
        return all;
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
                                                operation instanceof RouteOperation.AddRoute add
                                                        ? RouteCodec.add(add.address(), index)
                                                        : remove(
                                                                (RouteOperation.RemoveRoute)
                                                                        operation,
                                                                index))
                                .toList()),
                outcomes);
    }

    private Request remove(RouteOperation.RemoveRoute route, int index) {
        return RouteCodec.remove(
                route.address(), onLoopback.remove(route.address()) ? LOOPBACK : index);
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
