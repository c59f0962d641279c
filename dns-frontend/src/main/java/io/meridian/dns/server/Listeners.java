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
 * All listening sockets. TCP is bound first: its bind fails if another process has the port, which
 * UDP's does not where sockets are shared.
 *
 * <p>A reply must come from the address that was asked, or the client drops it, and a wildcard UDP
 * socket would let the route choose. So a wildcard gets, beside itself, one socket for each address
 * of the host, which the kernel prefers; addresses that come or go are followed every ten seconds.
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
     * @param udpBatches whether to read and write many datagrams per system call where that works
     * @throws UncheckedIOException naming the address that can't be listened on; then nothing is
     *     left open
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
                    "cannot listen for DNS: address="
                            + current
                            + ": "
                            + e.getMessage()
                            + "; is another DNS server there, or the right to use the port"
                            + " missing?",
                    e);
        }
        listeners.followAddresses();
        return listeners;
    }

    private static boolean batchesWork() {
        Optional<String> obstacle = BatchSocket.obstacle();
        obstacle.ifPresent(
                reason ->
                        LOG.info(
                                "no recvmmsg and sendmmsg here: {}; UDP is served one datagram at a"
                                        + " time",
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
                    "setting meridian.dns.tcp-connections={} is more than the files this process"
                            + " may open allow: maximum={}, half of it for TCP clients; using {}",
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
        LOG.info("serving DNS on {} over UDP and TCP", bound);
    }

    /**
     * Both transports on one port; with port 0 the one that TCP was given may be taken for UDP, so
     * try again.
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
                                            LOG.debug("no longer following this host's addresses");
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
                        "cannot list this host's addresses: {}; keeping those known", e.toString());
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
            gone.forEach(address -> udp.remove(address).close());
        }
    }

    private void add(InetSocketAddress address) {
        try {
            udp.put(address, udpServer(address, true));
        } catch (IOException e) {
            // An IPv6 address that is still being checked for duplicates can't be bound; the
            // wildcard serves it.
            LOG.debug(
                    "cannot bind address={}: {}; trying again in {} s",
                    address,
                    e.toString(),
                    RESCAN.toSeconds());
        }
    }

    /** As configured, with the ports that were picked; sorted as configured. */
    public List<InetSocketAddress> addresses() {
        return tcp.stream().map(TcpServer::address).toList();
    }

    /** How many TCP connections are open. */
    public int tcpConnections() {
        return tcp.stream().mapToInt(TcpServer::connections).sum();
    }

    /** Frees all ports. */
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
