package io.meridian.dns.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Serves one TCP address (RFC 7766) with a virtual thread per connection. A client must send each
 * whole query, and accept each reply, within the idle timeout. Otherwise a watchdog closes the
 * connection, also if single bytes arrive.
 */
public final class TcpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpServer.class);
    private static final int BACKLOG = 4096;
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_WATCH = Duration.ofMillis(250);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration GRACE_STEP = Duration.ofMillis(5);

    private final ServerSocketChannel listener;
    private final QueryHandler handler;
    private final Counters counters;
    private final TcpLimits limits;
    private final TcpConnections connections;
    private final List<Thread> threads = new ArrayList<>();
    private long acceptFailures;
    private volatile boolean closed;

    private TcpServer(
            ServerSocketChannel listener,
            QueryHandler handler,
            Counters counters,
            TcpLimits limits) {
        this.listener = listener;
        this.handler = handler;
        this.counters = counters;
        this.limits = limits;
        this.connections = new TcpConnections(limits);
    }

    /**
     * @param address port 0 picks a free one, see {@link #address()}
     */
    public static TcpServer start(
            InetSocketAddress address, TcpLimits limits, QueryHandler handler, Counters counters)
            throws IOException {
        boolean ipv4 = address.getAddress().getAddress().length == 4;
        ServerSocketChannel listener =
                ServerSocketChannel.open(
                        ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            listener.bind(address, BACKLOG);
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
        TcpServer server = new TcpServer(listener, handler, counters, limits);
        int port = server.address().getPort();
        server.run("dns-tcp-accept-" + port, server::accept);
        server.run("dns-tcp-watchdog-" + port, server::watch);
        return server;
    }

    private void run(String name, Runnable loop) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(loop));
    }

    /** The listening address with its actual port. */
    public InetSocketAddress address() {
        SocketAddress address = listener.socket().getLocalSocketAddress();
        return (InetSocketAddress) address;
    }

    /** Number of open connections. */
    public int connections() {
        return connections.size();
    }

    private void accept() {
        while (!closed) {
            try {
                take(listener.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                acceptFailed(e);
            }
        }
    }

    private void take(SocketChannel channel) throws IOException {
        TcpConnection connection;
        try {
            InetSocketAddress client = (InetSocketAddress) channel.getRemoteAddress();
            connection = new TcpConnection(channel.socket(), client, handler, limits);
        } catch (IOException e) {
            channel.close();
            LOG.trace("cannot set up a TCP connection: {}", e.toString());
            return;
        }
        if (!connections.admit(connection, () -> counters.count(Counters.Event.TCP_EVICTED))) {
            counters.count(Counters.Event.TCP_REFUSED);
            connection.close();
            return;
        }
        Thread.ofVirtual()
                .name("dns-tcp")
                .start(
                        () -> {
                            try {
                                connection.serve();
                            } finally {
                                connections.remove(connection);
                            }
                        });
    }

    /**
     * After a failed accept, most likely for want of a file descriptor: closes an idle connection
     * to free one.
     */
    private void acceptFailed(IOException e) {
        acceptFailures++;
        boolean madeRoom = connections.closeOldestIdle();
        if (madeRoom) {
            counters.count(Counters.Event.TCP_EVICTED);
        }
        if (Long.bitCount(acceptFailures) == 1) { // the 1st, 2nd, 4th, 8th...
            LOG.warn(
                    "cannot accept a TCP connection: {}; {}; trying again; failures so far: {}",
                    e.toString(),
                    madeRoom
                            ? "closed the connection that was idle longest"
                            : "no connection is idle",
                    acceptFailures);
        }
        pause(ACCEPT_PAUSE);
    }

    private void watch() {
        Duration quarter = limits.idleTimeout().dividedBy(4);
        Duration step = quarter.compareTo(LONGEST_WATCH) < 0 ? quarter : LONGEST_WATCH;
        while (!closed) {
            connections.closeOverdue(System.nanoTime());
            pause(step);
        }
    }

    private void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /**
     * Frees the port, reads no further query, gives pending replies one second to go out, and
     * closes every connection.
     */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            LOG.warn("cannot close TCP listener: {}", e.toString());
        }
        threads.forEach(Thread::interrupt);
        Threads.join(threads);
        connections.finish();
        long end = System.nanoTime() + GRACE.toNanos();
        while (connections.size() > 0 && System.nanoTime() - end < 0) {
            try {
                Thread.sleep(GRACE_STEP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        connections.close();
    }
}
