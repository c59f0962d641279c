package io.meridian.dns;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A TCP socket and a UDP socket, both bound to one port of a loopback address. The kernel gives a
 * free port to one transport only, so {@link #bind} binds both and tries another port when the
 * second bind fails.
 */
public record PortPair(ServerSocket tcp, DatagramSocket udp) implements AutoCloseable {
    private static final int TRIES = 100;

    /** Ports below the range from which Linux takes the ports of clients. */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 30_000;

    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

    /** Both sockets on a free port of 127.0.0.1; the TCP socket listens. */
    public static PortPair bind() throws IOException {
        return bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    }

    private static PortPair bind(InetSocketAddress address) throws IOException {
        for (int tries = 1; ; tries++) {
            ServerSocket tcp = new ServerSocket();
            try {
                tcp.bind(address);
                InetSocketAddress bound =
                        new InetSocketAddress(address.getAddress(), tcp.getLocalPort());
                return new PortPair(tcp, new DatagramSocket(bound));
            } catch (BindException e) {
                tcp.close();
                if (address.getPort() != 0 || tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    /**
     * An address with a port that is free for TCP and UDP, for a server that binds it later. On
     * Linux the address is a random one of 127.0.0.0/8, so no other test or client uses it between
     * this call and the server's bind.
     */
    public static InetSocketAddress free() throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int tries = 1; ; tries++) {
            String host =
                    LINUX
                            ? "127.%d.%d.%d"
                                    .formatted(
                                            random.nextInt(1, 255),
                                            random.nextInt(1, 255),
                                            random.nextInt(1, 255))
                            : "127.0.0.1";
            InetSocketAddress address =
                    new InetSocketAddress(
                            InetAddress.ofLiteral(host), random.nextInt(LOWEST, HIGHEST));
            try (PortPair bound = bind(address)) {
                return bound.address();
            } catch (BindException e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
    }

    /** The address as settings have it, such as {@code 127.0.0.1:5300}. */
    public String text() {
        return text(address());
    }

    /** An IPv4 address and port as settings have them, such as {@code 127.0.0.1:5300}. */
    public static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    @Override
    public void close() throws IOException {
        tcp.close();
        udp.close();
    }
}
