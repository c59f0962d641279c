package io.meridian.dns.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.dns.PortPair;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** {@link BatchSocket} with the kernel of this machine. */
@Timeout(60)
class BatchSocketTest {
    private static final int BUFFER = 1 << 20;
    private static final InetAddress IPV4 = address("127.0.0.1");
    private static final InetAddress IPV6 = address("::1");

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A socket and the address that it is bound to. */
    private record Bound(BatchSocket socket, InetSocketAddress at) {}

    /** Opens a socket on a free port: tries random ports until one can be bound. */
    private static Bound bound(InetAddress address) throws IOException {
        for (int tries = 1; ; tries++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            InetSocketAddress at = new InetSocketAddress(address, port);
            try {
                return new Bound(BatchSocket.open(at, false, false, BUFFER), at);
            } catch (BindException e) {
                if (tries == 100) {
                    throw e;
                }
            }
        }
    }

    private static void send(DatagramSocket client, InetSocketAddress to, String text)
            throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        client.send(new DatagramPacket(bytes, bytes.length, to));
    }

    private static String receive(DatagramSocket client) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65535], 65535);
        client.setSoTimeout(20_000);
        client.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
    }

    /** Echoes {@code count} datagrams. */
    private static void echo(BatchSocket socket, int count) throws IOException {
        byte[] bytes = new byte[BatchSocket.MAX_DATAGRAM];
        for (int seen = 0; seen < count; ) {
            int taken = socket.receive();
            for (int i = 0; i < taken; i++) {
                int length = socket.take(i, bytes);
                socket.reply(i, bytes, length);
            }
            assertThat(socket.flush(taken)).isZero();
            seen += taken;
        }
    }

    @Test
    void recvmmsgAndSendmmsgAreAvailable() {
        assertThat(BatchSocket.obstacle()).isEmpty();
    }

    @Test
    void eachClientGetsItsOwnReply() throws Exception {
        for (InetAddress address : new InetAddress[] {IPV4, IPV6}) {
            Bound bound = bound(address);
            InetSocketAddress at = bound.at();
            try (BatchSocket socket = bound.socket();
                    DatagramSocket one = new DatagramSocket(0, address);
                    DatagramSocket two = new DatagramSocket(0, address)) {
                Set<String> sent = new HashSet<>();
                for (int i = 0; i < 2 * BatchSocket.BATCH; i++) {
                    send(one, at, "one " + i);
                    send(two, at, "two " + i);
                    sent.add("one " + i);
                    sent.add("two " + i);
                }
                echo(socket, sent.size());
                for (int i = 0; i < 2 * BatchSocket.BATCH; i++) {
                    String first = receive(one);
                    String second = receive(two);
                    assertThat(first).startsWith("one ");
                    assertThat(second).startsWith("two ");
                    assertThat(sent.remove(first) && sent.remove(second)).isTrue();
                }
            }
        }
    }

    @Test
    void aSenderCanBeAnsweredLater() throws Exception {
        for (InetAddress address : new InetAddress[] {IPV4, IPV6}) {
            Bound bound = bound(address);
            InetSocketAddress at = bound.at();
            BatchSocket socket = bound.socket();
            try (DatagramSocket client = new DatagramSocket(0, address)) {
                send(client, at, "hello");
                assertThat(socket.receive()).isEqualTo(1);
                InetSocketAddress sender = socket.client(0);
                assertThat(sender.getPort()).isEqualTo(client.getLocalPort());
                assertThat(sender.getAddress()).isEqualTo(address);
                assertThat(socket.clientHigh(0)).isZero();
                assertThat(socket.clientLow(0))
                        .isEqualTo(address.equals(IPV4) ? 0xffff_7f00_0001L : 1);
                socket.flush(1);
                socket.send("later".getBytes(StandardCharsets.ISO_8859_1), sender);
                assertThat(receive(client)).isEqualTo("later");
                assertThatThrownBy(
                                () -> socket.send(new byte[1], new InetSocketAddress(address, 0)))
                        .isInstanceOf(IOException.class);
                socket.close();
                assertThatThrownBy(() -> socket.send(new byte[1], sender))
                        .hasMessageContaining("closed");
            } finally {
                socket.close();
            }
        }
    }

    @Test
    void anIpv6WildcardTakesIpv4() throws Exception {
        Bound bound = bound(address("::"));
        InetSocketAddress at = bound.at();
        try (BatchSocket socket = bound.socket();
                DatagramSocket client = new DatagramSocket(0, IPV4)) {
            send(client, new InetSocketAddress(IPV4, at.getPort()), "four");
            assertThat(socket.receive()).isEqualTo(1);
            InetSocketAddress sender = socket.client(0);
            assertThat(sender.getAddress()).isInstanceOf(Inet4Address.class).isEqualTo(IPV4);
            assertThat(socket.clientHigh(0)).isZero();
            assertThat(socket.clientLow(0)).isEqualTo(0xffff_7f00_0001L);
            byte[] bytes = new byte[BatchSocket.MAX_DATAGRAM];
            socket.reply(0, bytes, socket.take(0, bytes));
            assertThat(socket.flush(1)).isZero();
            assertThat(receive(client)).isEqualTo("four");
            socket.send(new byte[] {'x'}, sender);
            assertThat(receive(client)).isEqualTo("x");
        }
    }

    @Test
    void aLongDatagramIsTruncatedToTheBuffer() throws Exception {
        InetSocketAddress at = PortPair.free();
        try (BatchSocket socket = BatchSocket.open(at, false, false, BUFFER);
                DatagramSocket client = new DatagramSocket(0, IPV4)) {
            send(client, at, "long ".repeat(10_000));
            send(client, at, "");
            send(client, at, "short");
            byte[] bytes = new byte[BatchSocket.MAX_DATAGRAM];
            int[] lengths = new int[3];
            for (int seen = 0; seen < 3; ) {
                int taken = socket.receive();
                for (int i = 0; i < taken; i++) {
                    lengths[seen++] = socket.take(i, bytes);
                }
                socket.flush(taken);
            }
            assertThat(lengths).containsExactly(BatchSocket.MAX_DATAGRAM, 0, 5);
            assertThat(new String(Arrays.copyOf(bytes, 5), StandardCharsets.ISO_8859_1))
                    .isEqualTo("short");
        }
    }

    @Test
    void closingWakesAWaitingReaderAndFreesThePort() throws Exception {
        InetSocketAddress at = PortPair.free();
        BatchSocket socket = BatchSocket.open(at, false, false, BUFFER);
        assertThatThrownBy(() -> BatchSocket.open(at, false, false, BUFFER))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("EADDRINUSE");
        Thread waiting =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        socket.receive();
                                    } catch (IOException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        socket.wake();
        waiting.join();
        socket.close();
        socket.close();
        socket.wake();
        BatchSocket.open(at, false, false, BUFFER).close();
    }

    @Test
    void socketsCanShareAnAddress() throws Exception {
        InetSocketAddress at = PortPair.free();
        try (BatchSocket one = BatchSocket.open(at, false, true, BUFFER);
                BatchSocket two = BatchSocket.open(at, false, true, BUFFER)) {
            assertThat(one).isNotSameAs(two);
        }
    }
}
