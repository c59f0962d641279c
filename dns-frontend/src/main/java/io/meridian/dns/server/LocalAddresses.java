package io.meridian.dns.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Resolves listening addresses to addresses of this host. */
public final class LocalAddresses {
    private LocalAddresses() {}

    /**
     * The address itself, or for a wildcard every address of every interface that is up: IPv4 for
     * {@code 0.0.0.0}, both families for {@code [::]}.
     *
     * @return in the order of the system
     */
    public static Set<InetAddress> behind(InetAddress address) throws SocketException {
        if (!address.isAnyLocalAddress()) {
            return Set.of(address);
        }
        Set<InetAddress> all = new LinkedHashSet<>();
        for (NetworkInterface device : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (device.isUp()) {
                for (InetAddress local : Collections.list(device.getInetAddresses())) {
                    if (isIpv4(local) || !isIpv4(address)) {
                        all.add(local);
                    }
                }
            }
        }
        return all;
    }

    /** Whether a socket on one listening address also receives messages to the other. */
    static boolean covers(InetSocketAddress wide, InetSocketAddress narrow) {
        return wide.getAddress().isAnyLocalAddress()
                && wide.getPort() == narrow.getPort()
                && wide.getPort() != 0
                && !wide.equals(narrow)
                && (!isIpv4(wide.getAddress()) || isIpv4(narrow.getAddress()));
    }

    /** The listening addresses without those that a wildcard among them covers. */
    static List<InetSocketAddress> withoutCovered(List<InetSocketAddress> listen) {
        return listen.stream()
                .filter(narrow -> listen.stream().noneMatch(wide -> covers(wide, narrow)))
                .toList();
    }

    private static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }
}
