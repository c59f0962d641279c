package io.meridian.dns.server;

import io.meridian.dns.server.QueryHandler.Outcome;
import io.meridian.dns.wire.MessageWriter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Serves one UDP address. Each thread has a socket of its own on that address, and the kernel
 * spreads clients over them. Nothing a client sends ends a thread; what must wait goes to a virtual
 * thread.
 */
public final class UdpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UdpServer.class);
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final int MAX_MESSAGE = 65535;

    private final QueryHandler handler;
    private final Counters counters;
    private final List<DatagramChannel> channels = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private UdpServer(QueryHandler handler, Counters counters) {
        this.handler = handler;
        this.counters = counters;
    }

    /**
     * @param address with a port that is not 0
     * @param shared whether this process has other UDP sockets on the port: an address beside the
     *     wildcard. The caller has made sure that no other process has, since sharing turns the
     *     kernel's own check off
     */
    public static UdpServer start(
            InetSocketAddress address,
            int threads,
            boolean shared,
            QueryHandler handler,
            Counters counters)
            throws IOException {
        UdpServer server = new UdpServer(handler, counters);
        try {
            for (int i = 0; i < threads; i++) {
                server.channels.add(open(address, shared, threads > 1));
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
        for (DatagramChannel channel : server.channels) {
            Thread thread = factory.newThread(() -> server.run(channel));
            server.threads.add(thread);
            thread.start();
        }
        return server;
    }

    private static DatagramChannel open(InetSocketAddress address, boolean shared, boolean several)
            throws IOException {
        boolean ipv4 = address.getAddress().getAddress().length == 4;
        DatagramChannel channel =
                DatagramChannel.open(
                        ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            if (shared) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            }
            if (several) {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            return channel.bind(address);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void run(DatagramChannel channel) {
        MessageWriter writer = handler.writer();
        ByteBuffer in = ByteBuffer.allocateDirect(MAX_MESSAGE);
        ByteBuffer out = ByteBuffer.allocateDirect(MAX_MESSAGE);
        byte[] packet = new byte[MAX_MESSAGE];
        while (!closed) {
            try {
                in.clear();
                InetSocketAddress client = (InetSocketAddress) channel.receive(in);
                int length = in.flip().remaining();
                in.get(packet, 0, length);
                switch (handler.handle(packet, length, client, false, writer)) {
                    case Outcome.Reply reply -> {
                        out.clear().put(writer.buffer(), 0, reply.length()).flip();
                        channel.send(out, client);
                    }
                    case Outcome.Forward work ->
                            Thread.ofVirtual().start(() -> forward(channel, work));
                    case Outcome.Silence _ -> {}
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException e) {
                undelivered(e);
            }
        }
    }

    private void forward(DatagramChannel channel, Outcome.Forward work) {
        byte[] reply = handler.forward(work, false);
        try {
            channel.send(ByteBuffer.wrap(reply), work.client());
        } catch (ClosedChannelException e) {
            LOG.debug("reply not sent: client={}: server is closing", work.client());
        } catch (IOException | RuntimeException e) {
            undelivered(e);
        }
    }

    /**
     * A reply the kernel would not take (no route, port 0, full buffer) is one lost datagram; the
     * client asks again.
     */
    private void undelivered(Exception e) {
        counters.count(Counters.Event.DROPPED);
        LOG.debug("datagram lost: {}", e.toString());
    }

    /** Ends the threads and frees the port. */
    @Override
    public void close() {
        closed = true;
        for (DatagramChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.warn("cannot close UDP socket: {}", e.toString());
            }
        }
        Threads.join(threads);
    }
}
