package io.meridian.dns.server;

import io.meridian.dns.limit.RateLimiter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;

/**
 * A UDP loop that handles one datagram at a time by {@link DatagramChannel}, for platforms without
 * {@code recvmmsg}.
 */
final class ChannelUdpLoop implements UdpLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelUdpLoop.class);
    private static final int MAX_DATAGRAM = 4096;
    private static final int MAX_REPLY = 65535;

    private final DatagramChannel channel;
    private final UdpResponder responder;
    private volatile boolean stopped;

    private ChannelUdpLoop(DatagramChannel channel, UdpResponder responder) {
        this.channel = channel;
        this.responder = responder;
    }

    static ChannelUdpLoop open(
            InetSocketAddress address,
            boolean shared,
            boolean several,
            int bufferBytes,
            UdpResponder responder)
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
            channel.setOption(StandardSocketOptions.SO_RCVBUF, bufferBytes);
            return new ChannelUdpLoop(channel.bind(address), responder);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void run() {
        ByteBuffer in = ByteBuffer.allocateDirect(MAX_DATAGRAM);
        ByteBuffer out = ByteBuffer.allocateDirect(MAX_REPLY);
        byte[] packet = new byte[MAX_DATAGRAM];
        while (!stopped) {
            serve(in, out, packet);
        }
    }

    private void serve(ByteBuffer in, ByteBuffer out, byte[] packet) {
        try {
            in.clear();
            InetSocketAddress address = (InetSocketAddress) channel.receive(in);
            int length = in.flip().remaining();
            in.get(packet, 0, length);
            int reply = responder.respond(packet, length, new Client(address));
            if (reply > 0) {
                out.clear().put(responder.reply(), 0, reply).flip();
                channel.send(out, address);
            }
        } catch (ClosedChannelException e) {
            stopped = true;
        } catch (IOException | RuntimeException e) {
            LOG.debug("cannot handle a datagram: {}; the client repeats its query", e.toString());
            responder.lost(1);
        }
    }

    /** The sender of one datagram. */
    private final class Client implements UdpResponder.Client {
        private final InetSocketAddress address;

        Client(InetSocketAddress address) {
            this.address = address;
        }

        @Override
        public InetSocketAddress address() {
            return address;
        }

        @Override
        public long addressHigh() {
            return RateLimiter.high(address.getAddress().getAddress());
        }

        @Override
        public long addressLow() {
            return RateLimiter.low(address.getAddress().getAddress());
        }

        @Override
        public void send(byte[] reply, InetSocketAddress to) throws IOException {
            channel.send(ByteBuffer.wrap(reply), to);
        }
    }

    @Override
    public void stop() {
        stopped = true;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("cannot close UDP socket: {}; its port may stay bound", e.toString());
        }
    }

    @Override
    public void release() {
        responder.close();
    }
}
