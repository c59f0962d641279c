package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The kernel's counters at one moment, by virtual server. */
public record Statistics(SortedMap<Endpoint, Server> servers) {
    public static final Statistics NONE = new Statistics(Collections.emptySortedMap());

    public Statistics {
        servers = Collections.unmodifiableSortedMap(new TreeMap<>(servers));
    }

    /**
     * Totals since the virtual or real server was added; adding it again resets them. Linux updates
     * them every two seconds.
     *
     * @param connections new connections
     * @param packetsIn packets from clients
     * @param packetsOut packets to clients
     * @param bytesIn bytes from clients
     * @param bytesOut bytes to clients
     */
    public record Counters(
            long connections, long packetsIn, long packetsOut, long bytesIn, long bytesOut) {
        public static final Counters ZERO = new Counters(0, 0, 0, 0, 0);

        public Counters plus(Counters other) {
            return new Counters(
                    connections + other.connections,
                    packetsIn + other.packetsIn,
                    packetsOut + other.packetsOut,
                    bytesIn + other.bytesIn,
                    bytesOut + other.bytesOut);
        }
    }

    /**
     * Counters of a virtual server.
     *
     * @param counters include real servers that left since
     * @param reals by their own endpoint
     */
    public record Server(Counters counters, SortedMap<Endpoint, Real> reals) {
        public Server {
            reals = Collections.unmodifiableSortedMap(new TreeMap<>(reals));
        }

        /** Established connections over all real servers. */
        public long active() {
            return reals.values().stream().mapToLong(Real::active).sum();
        }

        /** Other connections that the kernel tracks, over all real servers. */
        public long inactive() {
            return reals.values().stream().mapToLong(Real::inactive).sum();
        }
    }

    /**
     * Counters of a real server.
     *
     * @param active established connections; always 0 for UDP
     * @param inactive opening and closing connections, and UDP flows
     * @param persistent clients with session affinity to it
     */
    public record Real(Counters counters, long active, long inactive, long persistent) {
        public static final Real IDLE = new Real(Counters.ZERO, 0, 0, 0);
    }

    public Optional<Real> of(Endpoint server, Endpoint real) {
        return Optional.ofNullable(servers.get(server)).map(found -> found.reals().get(real));
    }
}
