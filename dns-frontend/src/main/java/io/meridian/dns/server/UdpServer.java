package io.meridian.dns.server;

import io.meridian.dns.kernel.BatchSocket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Serves one UDP address. Each thread has a socket of its own on the address, and the kernel
 * spreads clients over the sockets. No message ends a thread; queries that must wait go to virtual
 * threads.
 */
public final class UdpServer implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final List<UdpLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private UdpServer() {}

    /**
     * @param address with a port that is not 0
     * @param batches whether to handle many datagrams per system call; only if {@link
     *     BatchSocket#obstacle} is empty
     * @param shared whether other sockets of this process have the port on other addresses. The
     *     caller must have excluded other processes, because sharing turns off the kernel's check
     */
    public static UdpServer start(
            InetSocketAddress address,
            int threads,
            boolean batches,
            boolean shared,
            QueryHandler handler,
            Counters counters)
            throws IOException {
        UdpServer server = new UdpServer();
        try {
            for (int i = 0; i < threads; i++) {
                server.loops.add(
                        open(
                                address,
                                batches,
                                shared,
                                threads > 1,
                                new UdpResponder(handler, counters)));
            }
        } catch (IOException e) {
            server.close();
            throw e;
        }
        String host = address.getAddress().getHostAddress();
        ThreadFactory factory =
                Thread.ofPlatform()
                        .daemon()
                        .name("dns-udp-" + host + ":" + address.getPort() + "-", 0)
                        .factory();
        for (UdpLoop loop : server.loops) {
            Thread thread = factory.newThread(loop::run);
            server.threads.add(thread);
            thread.start();
        }
        return server;
    }

    private static UdpLoop open(
            InetSocketAddress address,
            boolean batches,
            boolean shared,
            boolean several,
            UdpResponder responder)
            throws IOException {
        try {
            return batches
                    ? new BatchUdpLoop(
                            BatchSocket.open(address, shared, several, BUFFER), responder)
                    : ChannelUdpLoop.open(address, shared, several, BUFFER, responder);
        } catch (IOException e) {
            responder.close();
            throw e;
        }
    }

    /** Ends the threads and frees the port. */
    @Override
    public void close() {
        loops.forEach(UdpLoop::stop);
        Threads.join(threads);
        loops.forEach(UdpLoop::release);
    }
}
