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

/** Which addresses of this host a listening address stands for. */
public final class LocalAddresses {
    private LocalAddresses() {}

    /**
     * The address itself; for a wildcard every address of every interface that is up: IPv4 for
     * {@code 0.0.0.0}, both families for {@code [::]}.
     *
     * @return in the order in which the system lists them
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

    /** Whether one listening address already takes what another would. */
    static boolean covers(InetSocketAddress wide, InetSocketAddress narrow) {
        return wide.getAddress().isAnyLocalAddress()
                && wide.getPort() == narrow.getPort()
                && wide.getPort() != 0
                && !wide.equals(narrow)
                && (!isIpv4(wide.getAddress()) || isIpv4(narrow.getAddress()));
    }

    /** The listening addresses without those that a wildcard among them already takes. */
    static List<InetSocketAddress> withoutCovered(List<InetSocketAddress> listen) {
        return listen.stream()
                .filter(narrow -> listen.stream().noneMatch(wide -> covers(wide, narrow)))
                .toList();
    }

    private static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }
}
