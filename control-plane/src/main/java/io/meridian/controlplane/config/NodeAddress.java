package io.meridian.controlplane.config;

import io.meridian.domain.net.IpAddress;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The node's address where {@code node.address} is empty: the source address of the route to the
 * first seed that has one. Without seeds the host's only address; several are ambiguous, because a
 * bridge such as docker0 has the same address on every host.
 */
final class NodeAddress {
    private static final String KEY = "node.address";
    private static final IpAddress LOOPBACK = IpAddress.literal("127.0.0.1");

    private NodeAddress() {}

    /**
     * An address of an interface that is up, neither loopback nor link-local.
     *
     * @param device name of the interface
     */
    record Local(String device, IpAddress address) {
        @Override
        public String toString() {
            return address + " (" + device + ")";
        }
    }

    /**
     * @param text value of the setting
     * @param seeds each {@code address:port}
     * @throws IllegalArgumentException for a text that is no IP address, or an ambiguous choice
     */
    static IpAddress of(String text, List<String> seeds) {
        return choose(text, seeds, NodeAddress::towards, locals());
    }

    /**
     * @param route source address of this host's route to a seed; empty: no route, or unknown name
     */
    static IpAddress choose(
            String text,
            List<String> seeds,
            Function<String, Optional<IpAddress>> route,
            List<Local> locals) {
        if (!text.isEmpty()) {
            return IpAddress.parse(text)
                    .orElseThrow(() -> NodeSettings.wrong(KEY, "an IP address", text));
        }
        Optional<IpAddress> towardsSeed =
                seeds.stream().map(route).flatMap(Optional::stream).findFirst();
        if (towardsSeed.isPresent()) {
            return towardsSeed.get();
        }
        List<Local> candidates = locals.stream().filter(one -> one.address().isIpv4()).toList();
        if (candidates.isEmpty()) {
            candidates = locals;
        }
        if (candidates.size() > 1) {
            throw NodeSettings.wrong(
                    KEY,
                    "one of this host's addresses "
                            + candidates.stream()
                                    .map(Local::toString)
                                    .collect(Collectors.joining(", "))
                            + (seeds.isEmpty()
                                    ? ", because there are no cluster.seeds to choose by"
                                    : ", because no cluster.seeds has a route"),
                    "\"\"");
        }
        return candidates.isEmpty() ? LOOPBACK : candidates.getFirst().address();
    }

    /** A connected UDP socket has the source address of the route; it sends nothing. */
    private static Optional<IpAddress> towards(String seed) {
        int colon = seed.lastIndexOf(':');
        String host = seed.substring(0, colon).replaceAll("^\\[|]$", "");
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(
                    new InetSocketAddress(
                            InetAddress.getByName(host),
                            Math.max(1, Integer.parseInt(seed.substring(colon + 1)))));
            InetAddress local = socket.getLocalAddress();
            return local.isAnyLocalAddress()
                    ? Optional.empty()
                    : Optional.of(IpAddress.of(local.getAddress()));
        } catch (IOException noRoute) {
            return Optional.empty();
        }
    }

    private static List<Local> locals() {
        List<Local> locals = new ArrayList<>();
        try {
            for (NetworkInterface device :
                    Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress one : Collections.list(device.getInetAddresses())) {
                    if (device.isUp() && !one.isLoopbackAddress() && !one.isLinkLocalAddress()) {
                        locals.add(new Local(device.getName(), IpAddress.of(one.getAddress())));
                    }
                }
            }
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "setting meridian.node.address must be set, because this host's addresses"
                            + " cannot be read: "
                            + unreadable.getMessage(),
                    unreadable);
        }
        return locals;
    }
}
