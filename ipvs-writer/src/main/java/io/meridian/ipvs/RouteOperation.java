package io.meridian.ipvs;

import io.meridian.domain.net.IpAddress;

/** One change to what the host takes in: our interface and the {@code local} routes on it. */
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

    /** From now on the host takes packets for that address. Refused with EEXIST if it does. */
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

    /**
     * From now on the host treats packets for that address as any router would. Refused with ESRCH
     * if it is missing.
     */
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
