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
import io.meridian.libc.Errno;

import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A kernel in memory that refuses operations as Linux does, with the same errno. The kernel
 * contract test runs on both. One thread uses a model.
 */
public final class KernelModel {
    /** Schedulers in {@code net/netfilter/ipvs} of Linux 6.1. */
    private static final Set<String> SCHEDULERS =
            Set.of(
                    "dh", "fo", "lblc", "lblcr", "lc", "mh", "nq", "ovf", "rr", "sed", "sh", "twos",
                    "wlc", "wrr");

    private final SortedMap<Endpoint, Servers> servers = new TreeMap<>();
    private final SortedSet<IpAddress> routes = new TreeSet<>();
    private final Set<String> schedulers = new TreeSet<>(SCHEDULERS);
    private LinkState link = LinkState.ABSENT;

    private static final class Servers {
        private VirtualServer server;
        private final SortedMap<Endpoint, RealServer> reals = new TreeMap<>();
        private final SortedMap<Endpoint, Statistics.Real> counted = new TreeMap<>();

        private Servers(VirtualServer server) {
            this.server = server;
        }
    }

    /** A model with an initial state. */
    public static KernelModel of(KernelState state) {
        KernelModel model = new KernelModel();
        model.link = state.link();
        model.routes.addAll(state.routes());
        for (IpvsTable.Entry entry : state.table().entries()) {
            Servers copy = new Servers(entry.server());
            entry.realServers().forEach(real -> copy.reals.put(real.endpoint(), real));
            model.servers.put(entry.server().endpoint(), copy);
        }
        return model;
    }

    public KernelState state() {
        IpvsTable.Builder table = new IpvsTable.Builder();
        servers.values().forEach(each -> table.put(each.server, each.reals.values()));
        return new KernelState(table.build(), routes, link);
    }

    /** Counters of all virtual and real servers; zero where {@link #count} set none. */
    public Statistics statistics() {
        SortedMap<Endpoint, Statistics.Server> all = new TreeMap<>();
        servers.forEach((endpoint, each) -> all.put(endpoint, statistics(each)));
        return new Statistics(all);
    }

    private static Statistics.Server statistics(Servers servers) {
        SortedMap<Endpoint, Statistics.Real> reals = new TreeMap<>();
        Statistics.Counters total = Statistics.Counters.ZERO;
        for (Endpoint real : servers.reals.keySet()) {
            Statistics.Real counted = servers.counted.getOrDefault(real, Statistics.Real.IDLE);
            reals.put(real, counted);
            total = total.plus(counted.counters());
        }
        return new Statistics.Server(total, reals);
    }

    /** Sets the counters of a real server. */
    public void count(Endpoint server, Endpoint real, Statistics.Real counted) {
        servers.get(server).counted.put(real, counted);
    }

    /** Removes a scheduler, as if its module were not loaded. */
    public void lack(String scheduler) {
        schedulers.remove(scheduler);
    }

    /** Adds a scheduler, as if an operator loaded its module. */
    public void load(String scheduler) {
        schedulers.add(scheduler);
    }

    /** Deletes the interface with its routes, as an operator might. */
    public void dropInterface() {
        link = LinkState.ABSENT;
        routes.clear();
    }

    /**
     * Applies one operation.
     *
     * @return the errno if Linux would refuse it; the state is then unchanged
     */
    public Optional<Errno> apply(Operation operation) {
        return switch (operation) {
            case AddVirtualServer add -> add(add.server());
            case UpdateVirtualServer update -> update(update.server());
            case RemoveVirtualServer remove ->
                    servers.remove(remove.virtualServer()) == null
                            ? refuse(Errno.ESRCH)
                            : Optional.empty();
            case AddRealServer add -> add(add.virtualServer(), add.real());
            case UpdateRealServer update -> update(update.virtualServer(), update.real());
            case RemoveRealServer remove -> remove(remove.virtualServer(), remove.real());
            case RaiseInterface _ -> {
                link = LinkState.UP;
                yield Optional.empty();
            }
            case AddRoute add -> add(add.address());
            case RemoveRoute remove ->
                    routes.remove(remove.address()) ? Optional.empty() : refuse(Errno.ESRCH);
        };
    }

    private Optional<Errno> add(VirtualServer server) {
        if (servers.containsKey(server.endpoint())) {
            return refuse(Errno.EEXIST);
        }
        if (!schedulers.contains(server.scheduler())) {
            return refuse(Errno.ENOENT);
        }
        servers.put(server.endpoint(), new Servers(server));
        return Optional.empty();
    }

    private Optional<Errno> update(VirtualServer server) {
        Servers present = servers.get(server.endpoint());
        if (present == null) {
            return refuse(Errno.ESRCH);
        }
        if (!schedulers.contains(server.scheduler())) {
            return refuse(Errno.ENOENT);
        }
        present.server = server;
        return Optional.empty();
    }

    private Optional<Errno> add(Endpoint server, RealServer real) {
        Servers present = servers.get(server);
        if (present == null) {
            return refuse(Errno.ESRCH);
        }
        boolean sameFamily = server.address().isIpv4() == real.endpoint().address().isIpv4();
        if (!sameFamily && real.forwarding() != Forwarding.TUNNEL) {
            return refuse(Errno.EINVAL);
        }
        if (present.reals.containsKey(real.endpoint())) {
            return refuse(Errno.EEXIST);
        }
        if (!isUnicast(real.endpoint().address())) {
            return refuse(Errno.EINVAL);
        }
        present.reals.put(real.endpoint(), real);
        return Optional.empty();
    }

    private Optional<Errno> update(Endpoint server, RealServer real) {
        Servers present = servers.get(server);
        if (present == null) {
            return refuse(Errno.ESRCH);
        }
        return present.reals.replace(real.endpoint(), real) == null
                ? refuse(Errno.ENOENT)
                : Optional.empty();
    }

    private Optional<Errno> remove(Endpoint server, Endpoint real) {
        Servers present = servers.get(server);
        if (present == null) {
            return refuse(Errno.ESRCH);
        }
        present.counted.remove(real);
        return present.reals.remove(real) == null ? refuse(Errno.ENOENT) : Optional.empty();
    }

    private Optional<Errno> add(IpAddress address) {
        return switch (link) {
            case ABSENT -> refuse(Errno.ENODEV);
            case DOWN -> refuse(Errno.ENETDOWN);
            case UP -> routes.add(address) ? Optional.empty() : refuse(Errno.EEXIST);
        };
    }

    /**
     * Whether an address is neither unspecified nor broadcast nor multicast: {@code inet_addr_type}
     * and {@code ipv6_addr_type} of Linux.
     */
    private static boolean isUnicast(IpAddress address) {
        byte[] bytes = address.bytes();
        int first = bytes[0] & 0xff;
        if (address.isIpv4()) {
            return first != 0 && first < 224;
        }
        boolean unspecified = true;
        for (byte each : bytes) {
            unspecified &= each == 0;
        }
        return first != 0xff && !unspecified;
    }

    private static Optional<Errno> refuse(Errno errno) {
        return Optional.of(errno);
    }
}
