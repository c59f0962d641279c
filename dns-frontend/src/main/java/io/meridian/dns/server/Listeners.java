package io.meridian.dns.server;

import com.sun.management.UnixOperatingSystemMXBean;

import io.meridian.dns.kernel.BatchSocket;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All listening sockets. Binds TCP first, whose bind fails if another process has the port; UDP's
 * does not where sockets are shared.
 *
 * <p>A client drops a reply that comes from another address than it asked, and a wildcard UDP
 * socket lets the route choose the address. So a wildcard gets one more socket for each address of
 * the host, which the kernel prefers. A thread follows the host's addresses every ten seconds.
 */
public final class Listeners implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private static final int FREE_PORT_TRIES = 20;
    private static final Duration RESCAN = Duration.ofSeconds(10);

    private final QueryHandler handler;
    private final Counters counters;
    private final int udpThreads;
    private final boolean udpBatches;
    private final TcpLimits tcpLimits;
    private final List<TcpServer> tcp = new ArrayList<>();
    private final Map<InetSocketAddress, UdpServer> udp = new HashMap<>();
    private final List<InetSocketAddress> wildcards = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private boolean closed;

    private Listeners(
            int udpThreads,
            boolean udpBatches,
            TcpLimits tcpLimits,
            QueryHandler handler,
            Counters counters) {
        this.handler = handler;
        this.counters = counters;
        this.udpThreads = udpThreads;
        this.udpBatches = udpBatches;
        this.tcpLimits = tcpLimits;
    }

    /**
     * @param udpBatches whether to handle many datagrams per system call where the system can
     * @throws UncheckedIOException if an address can't be bound, with that address; no socket stays
     *     open
     */
    public static Listeners start(
            List<InetSocketAddress> listen,
            int udpThreads,
            boolean udpBatches,
            TcpLimits tcpLimits,
            QueryHandler handler,
            Counters counters) {
        Listeners listeners =
                new Listeners(
                        udpThreads,
                        udpBatches && batchesWork(),
                        affordable(tcpLimits, listen.size()),
                        handler,
                        counters);
        InetSocketAddress current = listen.getFirst();
        try {
            for (InetSocketAddress address : LocalAddresses.withoutCovered(listen)) {
                current = address;
                listeners.listen(address);
            }
        } catch (IOException e) {
            listeners.close();
            throw new UncheckedIOException(
                    "cannot listen for DNS: address=" + current + ": " + e.getMessage(), e);
        }
        listeners.followAddresses();
        return listeners;
    }

    private static boolean batchesWork() {
        Optional<String> obstacle = BatchSocket.obstacle();
        obstacle.ifPresent(
                reason ->
                        LOG.info(
                                "cannot use recvmmsg and sendmmsg: {}; handling one UDP datagram at"
                                        + " a time",
                                reason));
        return obstacle.isEmpty();
    }

    private static TcpLimits affordable(TcpLimits wanted, int addresses) {
        if (!(ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system)) {
            return wanted;
        }
        long files = system.getMaxFileDescriptorCount();
        TcpLimits limits = wanted.within(files, addresses);
        if (limits.connections() < wanted.connections()) {
            LOG.info(
                    "cannot allow meridian.dns.tcp-connections={}: open files maximum={}, half of"
                            + " them for TCP clients; using {}",
                    wanted.connections(),
                    files,
                    limits.connections());
        }
        return limits;
    }

    private synchronized void listen(InetSocketAddress address) throws IOException {
        InetSocketAddress bound = listenPair(address);
        if (address.getAddress().isAnyLocalAddress()) {
            wildcards.add(bound);
            rescan();
        }
        LOG.info("serving DNS over UDP and TCP: address={}", bound);
    }

    /**
     * Binds both transports to one port. With port 0 the port that TCP gets may be taken for UDP;
     * then this tries again.
     */
    private InetSocketAddress listenPair(InetSocketAddress address) throws IOException {
        for (int left = FREE_PORT_TRIES; ; left--) {
            TcpServer server = TcpServer.start(address, tcpLimits, handler, counters);
            InetSocketAddress bound =
                    new InetSocketAddress(address.getAddress(), server.address().getPort());
            try {
                udp.put(bound, udpServer(bound, address.getAddress().isAnyLocalAddress()));
                tcp.add(server);
                return bound;
            } catch (IOException e) {
                server.close();
                if (!(e instanceof BindException && address.getPort() == 0 && left > 1)) {
                    throw e;
                }
            }
        }
    }

    private UdpServer udpServer(InetSocketAddress address, boolean shared) throws IOException {
        return UdpServer.start(address, udpThreads, udpBatches, shared, handler, counters);
    }

    private void followAddresses() {
        if (!wildcards.isEmpty()) {
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name("dns-addresses")
                            .start(
                                    () -> {
                                        try {
                                            while (true) {
                                                Thread.sleep(RESCAN);
                                                rescan();
                                            }
                                        } catch (InterruptedException e) {
                                            LOG.debug("address scan ends");
                                        }
                                    }));
        }
    }

    private synchronized void rescan() {
        if (closed) {
            return;
        }
        for (InetSocketAddress wildcard : wildcards) {
            Set<InetSocketAddress> wanted = new HashSet<>();
            try {
                for (InetAddress local : LocalAddresses.behind(wildcard.getAddress())) {
                    wanted.add(new InetSocketAddress(local, wildcard.getPort()));
                }
            } catch (SocketException e) {
                LOG.warn(
                        "cannot list this host's addresses: {}; keeping the known ones",
                        e.toString());
                return;
            }
            wanted.stream().filter(address -> !udp.containsKey(address)).forEach(this::add);
            List<InetSocketAddress> gone =
                    udp.keySet().stream()
                            .filter(
                                    address ->
                                            LocalAddresses.covers(wildcard, address)
                                                    && !wanted.contains(address))
                            .toList();
            gone.forEach(this::remove);
        }
    }

    private void remove(InetSocketAddress address) {
        UdpServer server = udp.remove(address);
        if (server != null) {
            server.close();
        }
    }

    private void add(InetSocketAddress address) {
        try {
            udp.put(address, udpServer(address, true));
        } catch (IOException e) {
            // An IPv6 address under duplicate address detection can't be bound yet; the wildcard
            // serves it.
            LOG.debug(
                    "cannot bind address={}: {}; trying again in {} s",
                    address,
                    e.toString(),
                    RESCAN.toSeconds());
        }
    }

    /** The listening addresses with their actual ports, in the order of the settings. */
    public List<InetSocketAddress> addresses() {
        return tcp.stream().map(TcpServer::address).toList();
    }

    /** Number of open TCP connections. */
    public int tcpConnections() {
        return tcp.stream().mapToInt(TcpServer::connections).sum();
    }

    /** Ends all servers and frees their ports. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        synchronized (this) {
            closed = true;
            udp.values().forEach(UdpServer::close);
            tcp.forEach(TcpServer::close);
        }
        Threads.join(threads);
    }
}
