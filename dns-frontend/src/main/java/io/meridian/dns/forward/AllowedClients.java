package io.meridian.dns.forward;

import io.meridian.domain.net.AddressPrefix;
import io.meridian.domain.net.IpAddress;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Clients that get answers for names outside our zones. A server that gives them to any client is
 * an open resolver, through which attackers flood third parties (RFC 5358). Any thread may call it.
 */
public final class AllowedClients {
    private static final Logger LOG = LoggerFactory.getLogger(AllowedClients.class);

    /** Setting that stands for every network in which this host has an address. */
    public static final String HOST_NETWORKS = "host-networks";

    private static final long RESCAN = Duration.ofSeconds(10).toNanos();

    private final List<AddressPrefix> prefixes;
    private final boolean hostNetworks;
    private final Supplier<List<AddressPrefix>> scan;
    private final LongSupplier clock;
    private volatile Scan host;

    private record Scan(List<AddressPrefix> networks, long at) {}

    AllowedClients(
            List<AddressPrefix> prefixes,
            boolean hostNetworks,
            Supplier<List<AddressPrefix>> scan,
            LongSupplier clock) {
        this.prefixes = List.copyOf(prefixes);
        this.hostNetworks = hostNetworks;
        this.scan = scan;
        this.clock = clock;
        this.host = new Scan(hostNetworks ? scan.get() : List.of(), clock.getAsLong());
    }

    /**
     * @param texts each {@code ip/bits}, an address, or {@link #HOST_NETWORKS}
     * @throws IllegalArgumentException with the text that is none of these
     */
    public static AllowedClients of(List<String> texts) {
        List<AddressPrefix> prefixes = new ArrayList<>();
        for (String text : texts) {
            if (!text.equals(HOST_NETWORKS)) {
                prefixes.add(
                        AddressPrefix.parse(text)
                                .orElseThrow(() -> new IllegalArgumentException(text)));
            }
        }
        return new AllowedClients(
                prefixes,
                texts.contains(HOST_NETWORKS),
                AllowedClients::ofThisHost,
                System::nanoTime);
    }

    public boolean contains(InetAddress client) {
        IpAddress address = IpAddress.of(client.getAddress());
        return anyContains(prefixes, address)
                || hostNetworks && anyContains(hostNetworks(), address);
    }

    private static boolean anyContains(List<AddressPrefix> prefixes, IpAddress address) {
        for (AddressPrefix prefix : prefixes) {
            if (prefix.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private List<AddressPrefix> hostNetworks() {
        Scan last = host;
        if (clock.getAsLong() - last.at > RESCAN) {
            last = new Scan(scan.get(), clock.getAsLong());
            host = last;
        }
        return last.networks;
    }

    private static List<AddressPrefix> ofThisHost() {
        List<AddressPrefix> networks = new ArrayList<>();
        try {
            for (NetworkInterface device :
                    Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InterfaceAddress address : device.getInterfaceAddresses()) {
                    networks.add(
                            AddressPrefix.around(
                                    IpAddress.of(address.getAddress().getAddress()),
                                    address.getNetworkPrefixLength()));
                }
            }
        } catch (SocketException e) {
            LOG.warn(
                    "cannot list this host's networks: {}; clients in them get REFUSED for names"
                            + " outside our zones; next attempt in {} s",
                    e.toString(),
                    Duration.ofNanos(RESCAN).toSeconds());
        }
        return networks;
    }
}
