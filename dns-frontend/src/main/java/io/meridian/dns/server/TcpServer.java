package io.meridian.dns.server;

import io.meridian.dns.server.QueryHandler.Outcome;
import io.meridian.dns.wire.MessageWriter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Serves one TCP address (RFC 7766): a virtual thread per connection reads queries behind their
 * two-byte length and answers them in order. A connection must bring each whole query, and take
 * each reply, within the idle timeout; a watchdog closes it otherwise, so dripping bytes or never
 * reading holds nothing for longer.
 */
public final class TcpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpServer.class);
    private static final int BACKLOG = 512;
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private final ServerSocketChannel listener;
    private final QueryHandler handler;
    private final Counters counters;
    private final int maxConnections;
    private final long idleNanos;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private TcpServer(
            ServerSocketChannel listener,
            QueryHandler handler,
            Counters counters,
            int maxConnections,
            Duration idleTimeout) {
        this.listener = listener;
        this.handler = handler;
        this.counters = counters;
        this.maxConnections = maxConnections;
        this.idleNanos = idleTimeout.toNanos();
    }

    /**
     * @param address port 0 picks a free one, see {@link #address()}
     */
    public static TcpServer start(
            InetSocketAddress address,
            int maxConnections,
            Duration idleTimeout,
            QueryHandler handler,
            Counters counters)
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
        TcpServer server = new TcpServer(listener, handler, counters, maxConnections, idleTimeout);
        int port = server.address().getPort();
        server.run("dns-tcp-accept-" + port, server::accept);
        server.run("dns-tcp-watchdog-" + port, server::watch);
        return server;
    }

    private void run(String name, Runnable loop) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(loop));
    }

    /** Where it listens, with the port that was picked. */
    public InetSocketAddress address() {
        SocketAddress address = listener.socket().getLocalSocketAddress();
        return (InetSocketAddress) address;
    }

    private void accept() {
        while (!closed) {
            try {
                SocketChannel channel = listener.accept();
                if (connections.size() >= maxConnections) {
                    counters.count(Counters.Event.TCP_REFUSED);
                    channel.close();
                } else {
                    Connection connection = new Connection(channel);
                    connections.add(connection);
                    Thread.ofVirtual().name("dns-tcp").start(connection::serve);
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.warn(
                        "cannot accept a TCP connection: {}; trying again",
                        e.toString()); // too many open files
                pause(ACCEPT_PAUSE);
            }
        }
    }

    private void watch() {
        while (!closed) {
            long now = System.nanoTime();
            for (Connection connection : connections) {
                if (connection.deadline - now < 0) {
                    connection.close();
                }
            }
            pause(Duration.ofNanos(Math.min(idleNanos / 4, 250_000_000)));
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

    /** Closes the listener and every connection, and frees the port. */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            LOG.warn("cannot close TCP listener: {}", e.toString());
        }
        connections.forEach(Connection::close);
        threads.forEach(Thread::interrupt);
        Threads.join(threads);
        connections.forEach(Connection::close); // one that was accepted meanwhile
    }

    private final class Connection {
        private final Socket socket;
        private final InetSocketAddress client;
        private volatile long deadline = System.nanoTime() + idleNanos;

        Connection(SocketChannel channel) {
            this.socket = channel.socket();
            this.client = (InetSocketAddress) socket.getRemoteSocketAddress();
        }

        void serve() {
            try (socket) {
                socket.setTcpNoDelay(true);
                DataInputStream in =
                        new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1024));
                OutputStream out = socket.getOutputStream();
                MessageWriter writer = handler.writer();
                while (!closed && answerOne(in, out, writer)) {
                    deadline = System.nanoTime() + idleNanos;
                }
            } catch (IOException e) {
                LOG.trace("TCP connection ended: {}", e.toString());
            } finally {
                connections.remove(this);
            }
        }

        /**
         * @return whether the connection may go on; after something that deserves no reply it may
         *     not
         */
        private boolean answerOne(DataInputStream in, OutputStream out, MessageWriter writer)
                throws IOException {
            int length = in.readUnsignedShort();
            byte[] packet = new byte[length];
            in.readFully(packet);
            return switch (handler.handle(packet, length, client, true, writer)) {
                case Outcome.Reply reply -> {
                    send(out, writer.buffer(), reply.length());
                    yield true;
                }
                case Outcome.Forward work -> {
                    deadline =
                            Long.MAX_VALUE / 2
                                    + System.nanoTime(); // the forwarder has time limits of its own
                    byte[] reply = handler.forward(work, true);
                    send(out, reply, reply.length);
                    yield true;
                }
                case Outcome.Stream stream -> {
                    stream.messages().writeTo((message, size) -> send(out, message, size));
                    yield true;
                }
                case Outcome.Silence _ -> false;
            };
        }

        private void send(OutputStream out, byte[] message, int length) throws IOException {
            deadline = System.nanoTime() + idleNanos;
            byte[] framed = new byte[length + 2];
            framed[0] = (byte) (length >> 8);
            framed[1] = (byte) length;
            System.arraycopy(message, 0, framed, 2, length);
            out.write(framed); // length and message in one segment (RFC 7766 8)
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("cannot close TCP connection: {}", e.toString());
            }
        }
    }
}
