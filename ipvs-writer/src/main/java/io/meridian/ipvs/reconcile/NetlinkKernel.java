package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.ConnectionTimeouts;
import io.meridian.ipvs.IpvsOperation;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Observation;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.RouteOperation;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.host.HostSetup;
import io.meridian.ipvs.netlink.IpvsCodec;
import io.meridian.ipvs.netlink.IpvsDump;
import io.meridian.libc.Errno;
import io.meridian.netlink.GenericNetlink;
import io.meridian.netlink.NetlinkException;
import io.meridian.netlink.NetlinkSocket;
import io.meridian.netlink.Refusal;
import io.meridian.netlink.Reply;
import io.meridian.netlink.RouteCodec;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The kernel of the network namespace that the opening thread was in: IPVS by generic netlink,
 * routes by rtnetlink.
 */
public final class NetlinkKernel implements Kernel {
    /** Is there once the module is. */
    private static final Path TABLE = Path.of("/proc/net/ip_vs");

    private static final Logger LOG = LoggerFactory.getLogger(NetlinkKernel.class);

    private final NetlinkSocket generic;
    private final VipRoutes routes;
    private final IpvsCodec codec;
    private final Availability availability;

    private NetlinkKernel(
            NetlinkSocket generic, int family, VipRoutes routes, List<String> warnings) {
        this.generic = generic;
        this.routes = routes;
        this.codec = new IpvsCodec(family);
        this.availability = new Availability.Ready(warnings);
    }

    /**
     * This host's kernel, or one that says why there is none. Sets the host up as the settings ask.
     */
    static Kernel open(IpvsSettings settings) {
        HostSetup host = HostSetup.of(settings.host());
        List<String> warnings = host.loadModules();
        return openHost(
                settings,
                (generic, codec) -> {
                    warnings.addAll(setUp(settings, host, false, generic, codec));
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
        return openHost(settings, (_, _) -> List.of());
    }

    /**
     * The kernel of the network namespace that this thread is in, a container's.
     *
     * @throws NetlinkException if it can't be programmed yet, such as ENODEV while our interface,
     *     which the container's set-up creates, is missing
     */
    static Kernel openInContainer(IpvsSettings settings) throws NetlinkException {
        HostSetup host = HostSetup.of(settings.host());
        NetlinkKernel kernel =
                open(
                        settings,
                        RouteCodec.Kind.UNICAST,
                        (generic, codec) -> setUp(settings, host, true, generic, codec));
        try {
            if (kernel.routes.linkState() == LinkState.ABSENT) {
                throw new NetlinkException(
                        "cannot find interface " + settings.interfaceName(),
                        Refusal.of(Errno.ENODEV));
            }
            return kernel;
        } catch (NetlinkException e) {
            kernel.close();
            throw e;
        }
    }

    /** What is done once the kernel is known to be there; what fails of it, in words. */
    private interface SetUp {
        List<String> apply(NetlinkSocket generic, IpvsCodec codec);
    }

    private static Kernel openHost(IpvsSettings settings, SetUp setUp) {
        try {
            return open(settings, RouteCodec.Kind.LOCAL, setUp);
        } catch (NetlinkException e) {
            return new UnavailableKernel(reason(e));
        } catch (UnsatisfiedLinkError | IllegalCallerException e) {
            return new UnavailableKernel(
                    "IPVS is not available: cannot call libc: " + e.getMessage());
        }
    }

    private static NetlinkKernel open(IpvsSettings settings, RouteCodec.Kind kind, SetUp setUp)
            throws NetlinkException {
        NetlinkSocket generic = NetlinkSocket.generic(settings.receiveBufferBytes());
        try {
            int family = GenericNetlink.family(generic, IpvsCodec.FAMILY);
            requirePermission(generic, family);
            NetlinkSocket route = NetlinkSocket.route(settings.receiveBufferBytes());
            return new NetlinkKernel(
                    generic,
                    family,
                    new VipRoutes(settings.interfaceName(), kind, settings.ownership(), route),
                    setUp.apply(generic, new IpvsCodec(family)));
        } catch (NetlinkException e) {
            generic.close();
            throw e;
        }
    }

    private static List<String> setUp(
            IpvsSettings settings,
            HostSetup host,
            boolean container,
            NetlinkSocket generic,
            IpvsCodec codec) {
        HostSetup.Report report = host.applySysctls(container);
        report.changes().forEach(change -> LOG.info("kernel setting changed: {}", change));
        List<String> warnings = new ArrayList<>(report.warnings());
        setTimeouts(generic, codec, settings.timeouts()).ifPresent(warnings::add);
        return warnings;
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
                        case Reply.Accepted _ -> "";
                        case Reply.Refused refused -> "kernel said " + refused.refusal();
                        case Reply.Lost lost -> lost.reason();
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
        LinkState link = routes.linkState();
        IpvsTable.Builder table = new IpvsTable.Builder();
        SortedMap<Endpoint, Statistics.Server> statistics = new TreeMap<>();
        for (IpvsDump.CountedService found : services()) {
            List<IpvsDump.CountedDest> dests = dests(found.server().endpoint());
            table.put(found.server(), dests.stream().map(IpvsDump.CountedDest::server).toList());
            statistics.put(found.server().endpoint(), counted(found.counters(), dests));
        }
        return new Observation(
                new KernelState(table.build(), routes.addresses(), link),
                new Statistics(statistics));
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

    @Override
    public List<Outcome> execute(List<Operation> operations) throws NetlinkException {
        List<Outcome> outcomes = new ArrayList<>(operations.size());
        int from = 0;
        while (from < operations.size()) {
            int to = endOfRun(operations, from);
            List<Operation> run = operations.subList(from, to);
            outcomes(run, isIpvs(run.getFirst()) ? ipvs(run) : routes(run), outcomes);
            from = to;
        }
        return outcomes;
    }

    /**
     * Operations that go through one socket in one go: order between the sockets must hold too. An
     * interface has no index before it is raised.
     */
    private static int endOfRun(List<Operation> operations, int from) {
        boolean ipvs = isIpvs(operations.get(from));
        int to = from + 1;
        while (to < operations.size()
                && !(operations.get(to - 1) instanceof RouteOperation.RaiseInterface)
                && !(operations.get(to) instanceof RouteOperation.RaiseInterface)
                && isIpvs(operations.get(to)) == ipvs) {
            to++;
        }
        return to;
    }

    private static boolean isIpvs(Operation operation) {
        return switch (operation) {
            case IpvsOperation _ -> true;
            case RouteOperation _ -> false;
        };
    }

    private List<Reply> ipvs(List<Operation> operations) throws NetlinkException {
        return generic.execute(
                operations,
                (operation, writer, flags, sequence) ->
                        codec.write((IpvsOperation) operation, writer, flags, sequence));
    }

    private List<Reply> routes(List<Operation> operations) throws NetlinkException {
        return routes.execute(
                operations.stream().map(operation -> (RouteOperation) operation).toList());
    }

    private static void outcomes(
            List<Operation> operations, List<Reply> answers, List<Outcome> outcomes) {
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            outcomes.add(
                    switch (answers.get(i)) {
                        case Reply.Accepted _ -> new Outcome.Done(operation);
                        case Reply.Refused refused ->
                                new Outcome.Refused(operation, refused.refusal());
                        case Reply.Lost lost -> new Outcome.Lost(operation, lost.reason());
                    });
        }
    }

    @Override
    public void close() {
        generic.close();
        routes.close();
    }
}
