package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;

/** One change to the IPVS table. */
public sealed interface IpvsOperation extends Operation {
    /** The virtual server that it is about. */
    Endpoint virtualServer();

    @Override
    default String row() {
        return "vs=" + virtualServer();
    }

    @Override
    default AffectedServers affected() {
        return AffectedServers.of(virtualServer());
    }

    /** Refused with EEXIST if it is there. */
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

    /** Changes it in place; its connections stay. Refused with ESRCH if it is missing. */
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

    /** Takes its real servers with it. Refused with ESRCH if it is missing. */
    record RemoveVirtualServer(Endpoint virtualServer) implements IpvsOperation {
        @Override
        public String toString() {
            return "remove virtual server: " + row();
        }
    }

    /**
     * Refused with ESRCH if the virtual server is missing, with EEXIST if the real server is there.
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
     * Changes weight, forwarding or thresholds in place. Refused with ENOENT if the real server is
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

    /** Refused with ENOENT if the real server is missing. */
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
