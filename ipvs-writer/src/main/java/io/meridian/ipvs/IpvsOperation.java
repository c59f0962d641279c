package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;

/** One change to the IPVS table. */
public sealed interface IpvsOperation extends Operation {
    /** The changed virtual server. */
    Endpoint virtualServer();

    @Override
    default String row() {
        return "vs=" + virtualServer();
    }

    @Override
    default AffectedServers affected() {
        return AffectedServers.of(virtualServer());
    }

    /** Adds a virtual server; refused with EEXIST if it exists. */
    record AddVirtualServer(VirtualServer server) implements IpvsOperation {
        @Override
        public Endpoint virtualServer() {
            return server.endpoint();
        }

        @Override
        public String toString() {
            return "add virtual server: " + row() + " scheduler=" + server.scheduler();
        }
    }

    /**
     * Changes a virtual server in place, which keeps its connections; refused with ESRCH if it is
     * missing.
     */
    record UpdateVirtualServer(VirtualServer server) implements IpvsOperation {
        @Override
        public Endpoint virtualServer() {
            return server.endpoint();
        }

        @Override
        public String toString() {
            return "update virtual server: " + row() + " scheduler=" + server.scheduler();
        }
    }

    /** Removes a virtual server with its real servers; refused with ESRCH if it is missing. */
    record RemoveVirtualServer(Endpoint virtualServer) implements IpvsOperation {
        @Override
        public String toString() {
            return "remove virtual server: " + row();
        }
    }

    /**
     * Adds a real server; refused with ESRCH if the virtual server is missing, with EEXIST if the
     * real server exists.
     */
    record AddRealServer(Endpoint virtualServer, RealServer real) implements IpvsOperation {
        @Override
        public String row() {
            return "vs=" + virtualServer + " rs=" + real.endpoint();
        }

        @Override
        public String toString() {
            return "add real server: " + row() + " weight=" + real.weight();
        }
    }

    /**
     * Changes weight, forwarding or thresholds in place; refused with ENOENT if the real server is
     * missing.
     */
    record UpdateRealServer(Endpoint virtualServer, RealServer real) implements IpvsOperation {
        @Override
        public String row() {
            return "vs=" + virtualServer + " rs=" + real.endpoint();
        }

        @Override
        public String toString() {
            return "update real server: " + row() + " weight=" + real.weight();
        }
    }

    /** Removes a real server; refused with ENOENT if it is missing. */
    record RemoveRealServer(Endpoint virtualServer, Endpoint real) implements IpvsOperation {
        @Override
        public String row() {
            return "vs=" + virtualServer + " rs=" + real;
        }

        @Override
        public String toString() {
            return "remove real server: " + row();
        }
    }
}
