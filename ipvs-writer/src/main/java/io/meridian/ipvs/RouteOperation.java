package io.meridian.ipvs;

import io.meridian.domain.net.IpAddress;

/** One change to Meridian's interface or to a host route on it. */
public sealed interface RouteOperation extends Operation {
    /** Creates the interface, of kind dummy, if it is missing, and sets it up. */
    record RaiseInterface() implements RouteOperation {
        @Override
        public String row() {
            return "interface";
        }

        @Override
        public AffectedServers affected() {
            return AffectedServers.ALL;
        }

        @Override
        public String toString() {
            return "raise interface";
        }
    }

    /**
     * Adds a host route, which brings packets for the address to IPVS; refused with EEXIST if it
     * exists.
     */
    record AddRoute(IpAddress address) implements RouteOperation {
        @Override
        public String row() {
            return "route=" + address;
        }

        @Override
        public AffectedServers affected() {
            return new AffectedServers.AtAddress(address);
        }

        @Override
        public String toString() {
            return "add route: " + row();
        }
    }

    /** Removes a host route; refused with ESRCH if it is missing. */
    record RemoveRoute(IpAddress address) implements RouteOperation {
        @Override
        public String row() {
            return "route=" + address;
        }

        @Override
        public AffectedServers affected() {
            return new AffectedServers.AtAddress(address);
        }

        @Override
        public String toString() {
            return "remove route: " + row();
        }
    }
}
