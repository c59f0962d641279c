package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the kernel counts, at one moment, by virtual server. */
public record Statistics(SortedMap<Endpoint, Server> servers) {
    public static final Statistics NONE = new Statistics(Collections.emptySortedMap());

    public Statistics {
        servers = Collections.unmodifiableSortedMap(new TreeMap<>(servers));
    }

    /**
     * Totals since the virtual or real server was added; they begin again at 0 when it is added
     * anew. Linux adds them up every two seconds.
     *
     * @param connections new ones
     * @param packetsIn from clients; {@code packetsOut} to them
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
     * Of a virtual server.
     *
     * @param counters with what went to real servers that have left since
     * @param reals by their own endpoint
     */
    public record Server(Counters counters, SortedMap<Endpoint, Real> reals) {
        public Server {
            reals = Collections.unmodifiableSortedMap(new TreeMap<>(reals));
        }

        /** Connections that are established, over all real servers. */
        public long active() {
            return reals.values().stream().mapToLong(Real::active).sum();
        }

        /** All others that the kernel remembers, over all real servers. */
        public long inactive() {
            return reals.values().stream().mapToLong(Real::inactive).sum();
        }
    }

    /**
     * Of a real server behind a virtual one.
     *
     * @param active connections that are established; always 0 for UDP
     * @param inactive those that open or close, or of UDP
     * @param persistent clients that are bound to it
     */
    public record Real(Counters counters, long active, long inactive, long persistent) {
        public static final Real IDLE = new Real(Counters.ZERO, 0, 0, 0);
    }

    public Optional<Real> of(Endpoint server, Endpoint real) {
        return Optional.ofNullable(servers.get(server)).map(found -> found.reals().get(real));
    }
}
