package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.IpvsOperation;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Observation;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.RouteOperation;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.netlink.IpvsCodec;
import io.meridian.ipvs.netlink.IpvsDump;
import io.meridian.libc.Errno;
import io.meridian.netlink.NetlinkException;
import io.meridian.netlink.NetlinkSocket;
import io.meridian.netlink.Reply;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The kernel of the network namespace in which {@link KernelOpener} opened the sockets: IPVS by
 * generic netlink, routes by rtnetlink.
 */
final class NetlinkKernel implements Kernel {
    private final NetlinkSocket generic;
    private final VipRoutes routes;
    private final IpvsCodec codec;
    private final Availability availability;

    NetlinkKernel(NetlinkSocket generic, IpvsCodec codec, VipRoutes routes, List<String> warnings) {
        this.generic = generic;
        this.routes = routes;
        this.codec = codec;
        this.availability = new Availability.Ready(warnings);
    }

    @Override
    public Availability availability() {
        return availability;
    }

    LinkState linkState() throws NetlinkException {
        return routes.linkState();
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
                if (e.refusal().errno() != Errno.ESRCH) { // ESRCH: another program has removed it
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
     * End of the operations that one socket takes in one batch. A change of socket ends the batch,
     * which keeps the order between the sockets. So does raising the interface: routes need its
     * index, which a created interface has only afterwards.
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
            List<Operation> operations, List<Reply> replies, List<Outcome> outcomes) {
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            outcomes.add(
                    switch (replies.get(i)) {
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
