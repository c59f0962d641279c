package io.meridian.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Thousands of clients, floods from one client, and leaks after clients have closed. */
@Timeout(300)
class CrowdTest {
    private static final String WEB = "web.mesos A 10.0.0.1";
    private static final Message QUESTION = Oracle.question("web.mesos", Type.A);

    private static void answersOver(DnsFrontend frontend, boolean tcp) throws IOException {
        if (!tcp) {
            assertThat(Frontends.udp(frontend).send(QUESTION).getRcode()).isEqualTo(Rcode.NOERROR);
            return;
        }
        // Not dnsjava's own client, because that keeps its connection.
        try (Socket client = Frontends.connect(frontend)) {
            Frontends.send(client.getOutputStream(), QUESTION.toWire());
            assertThat(Frontends.receive(client).getRcode()).isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    void thousandsOfIdleConnectionsDoNotDelayOtherClients() throws Exception {
        // Both ends of a connection are files of this process; the server takes half of the limit.
        int crowd = (int) Math.min(10_000, system().getMaxFileDescriptorCount() / 2 - 500);
        try (DnsFrontend frontend =
                Frontends.serving(
                        """
                        tcp-connections = 20000
                        tcp-connections-per-client = 20000
                        tcp-idle-timeout = 10 m
                        """,
                        WEB,
                        "")) {
            answersOver(frontend, true);
            long before = heap();
            List<SocketChannel> open = new ArrayList<>();
            try {
                byte[] asked = QUESTION.toWire();
                ByteBuffer query = ByteBuffer.allocate(asked.length + 2);
                query.putShort((short) asked.length).put(asked);
                for (int i = 0; i < crowd; i++) {
                    SocketChannel client = SocketChannel.open(Frontends.address(frontend));
                    open.add(client);
                    if (i % 2 == 0) {
                        client.write(query.rewind());
                        client.read(ByteBuffer.allocate(1));
                    }
                }
                await(() -> frontend.status().tcpConnections() == crowd);
                assertThat((heap() - before) / crowd).as("bytes a connection").isLessThan(8192);
                answersOver(frontend, true);
                answersOver(frontend, false);
                assertThat(frontend.status().tcpRefused()).isZero();
                assertThat(frontend.status().tcpEvicted()).isZero();
            } finally {
                for (SocketChannel client : open) {
                    client.close();
                }
            }
            await(() -> frontend.status().tcpConnections() == 0);
            answersOver(frontend, true);
        }
    }

    @Test
    void closedClientsLeakNoFileAndNoThread() throws Exception {
        try (DnsFrontend frontend = Frontends.serving("", WEB, "")) {
            comeAndGo(frontend, 100);
            await(() -> frontend.status().tcpConnections() == 0);
            long files = system().getOpenFileDescriptorCount();
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            comeAndGo(frontend, 10_000);
            await(() -> frontend.status().tcpConnections() == 0);
            // The JVM itself opens and closes a few files and threads.
            await(() -> system().getOpenFileDescriptorCount() <= files + 5);
            await(() -> ManagementFactory.getThreadMXBean().getThreadCount() <= threads + 5);
            answersOver(frontend, true);
        }
    }

    /** Ends connections after a reply, without a query, within a query and without reading. */
    private static void comeAndGo(DnsFrontend frontend, int times) throws IOException {
        byte[] question = QUESTION.toWire();
        for (int i = 0; i < times; i++) {
            try (Socket client = connected(frontend, "127.0.0." + (2 + i % 100))) {
                switch (i % 5) {
                    case 0 -> {
                        Frontends.send(client.getOutputStream(), question);
                        assertThat(Frontends.receive(client).getRcode()).isEqualTo(Rcode.NOERROR);
                    }
                    case 1 -> client.setSoLinger(true, 0);
                    case 2 -> client.getOutputStream().write(new byte[] {0, 40, 1, 2, 3});
                    case 3 -> Frontends.send(client.getOutputStream(), question);
                    default -> client.shutdownOutput();
                }
            }
        }
    }

    @Test
    void closedServersLeakNoFileAndNoThread() throws Exception {
        String listen = "listen = [\"0.0.0.0:0\", \"127.0.0.1:0\"]\nudp-threads = 2";
        DnsFrontend.start(Frontends.settings(listen)).close();
        long files = system().getOpenFileDescriptorCount();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        for (int i = 0; i < 50; i++) {
            DnsFrontend.start(Frontends.settings(listen)).close();
        }
        await(() -> system().getOpenFileDescriptorCount() <= files + 5);
        await(() -> ManagementFactory.getThreadMXBean().getThreadCount() <= threads + 5);
    }

    @Test
    void aUdpFloodFromOneAddressDoesNotStarveOthers() throws Exception {
        try (DnsFrontend frontend = Frontends.serving("", WEB, "");
                DatagramSocket flooder = new DatagramSocket(new InetSocketAddress("127.0.0.2", 0));
                DatagramSocket client = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            InetSocketAddress server = Frontends.address(frontend);
            byte[] question = QUESTION.toWire();
            Thread flood =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        byte[] garbage = new byte[1200];
                                        while (!Thread.currentThread().isInterrupted()) {
                                            send(flooder, question, server);
                                            send(flooder, garbage, server);
                                        }
                                    });
            try {
                client.setSoTimeout(200);
                for (int id = 1; id <= 200; id++) {
                    question[0] = (byte) id;
                    assertThat(answered(client, question.clone(), server, 100)).isTrue();
                }
            } finally {
                flood.interrupt();
                flood.join();
            }
            assertThat(frontend.status().faults()).isZero();
        }
    }

    private static boolean answered(
            DatagramSocket client, byte[] question, InetSocketAddress server, int tries)
            throws IOException {
        DatagramPacket reply = new DatagramPacket(new byte[1500], 1500);
        for (int left = tries; left > 0; left--) {
            send(client, question, server);
            try {
                client.receive(reply);
            } catch (SocketTimeoutException e) {
                left--; // lost in the flood; clients retry
            }
            if (reply.getData()[0] == question[0]) {
                return true;
            }
        }
        return false;
    }

    private static void send(DatagramSocket from, byte[] message, InetSocketAddress to) {
        try {
            from.send(new DatagramPacket(message, message.length, to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFloodOfConnectionsFromOneAddressDoesNotStarveOthers() throws Exception {
        try (DnsFrontend frontend =
                Frontends.serving(
                        "tcp-connections = 60\ntcp-connections-per-client = 50", WEB, "")) {
            List<Socket> held = new ArrayList<>();
            Thread flood =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!Thread.currentThread().isInterrupted()
                                                && held.size() < 5000) {
                                            held.add(connected(frontend, "127.0.0.2"));
                                        }
                                    });
            try {
                for (int i = 0; i < 100; i++) {
                    answersOver(frontend, true);
                    answersOver(frontend, false);
                }
            } finally {
                flood.interrupt();
                flood.join();
                for (Socket socket : held) {
                    socket.close();
                }
            }
        }
    }

    private static Socket connected(DnsFrontend frontend, String from) {
        Socket socket = new Socket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
            socket.connect(Frontends.address(frontend));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return socket;
    }

    private static UnixOperatingSystemMXBean system() {
        return (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) { // the test's own deadline ends it
            Thread.sleep(Duration.ofMillis(20));
        }
    }
}
