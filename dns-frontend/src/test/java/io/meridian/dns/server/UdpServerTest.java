package io.meridian.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** UDP servers that read datagrams in batches and one by one. */
@Timeout(120)
class UdpServerTest {
    private static final String WEB =
            """
            web.marathon.mesos A 10.0.0.1
            web-s0.marathon.mesos A 10.0.0.1
            _web._tcp.marathon.mesos SRV 0 1 31000 web-s0.marathon.mesos.
            """;

    private static DnsFrontend serving(boolean batches, String more) {
        return Frontends.serving("udp-batches = " + batches + "\n" + more, WEB, "");
    }

    private static Message receive(DatagramSocket client) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65535], 65535);
        client.setSoTimeout(20_000);
        client.receive(packet);
        return Oracle.parse(Arrays.copyOf(packet.getData(), packet.getLength()));
    }

    private static void send(DatagramSocket client, byte[] bytes, InetSocketAddress to)
            throws IOException {
        client.send(new DatagramPacket(bytes, bytes.length, to));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyQueryOfABurstIsAnswered(boolean batches) throws IOException {
        try (DnsFrontend frontend = serving(batches, "");
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Set<Integer> ids = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                Message query =
                        switch (i % 4) {
                            case 0 -> Oracle.question("web.marathon.mesos", Type.A);
                            case 1 -> Oracle.question("_web._tcp.marathon.mesos", Type.SRV);
                            case 2 -> Oracle.question("no.marathon.mesos", Type.A);
                            default ->
                                    Oracle.question("mesos", Type.SOA); // answered by the slow path
                        };
                query.getHeader().setID(i);
                ids.add(i);
                send(client, query.toWire(), Frontends.address(frontend));
            }
            while (!ids.isEmpty()) {
                Message reply = receive(client);
                int id = reply.getHeader().getID();
                assertThat(ids.remove(id)).isTrue();
                assertThat(reply.getRcode())
                        .isEqualTo(id % 4 == 2 ? Rcode.NXDOMAIN : Rcode.NOERROR);
                assertThat(reply.getSection(Section.ANSWER)).hasSize(id % 4 == 2 ? 0 : 1);
                assertThat(reply.getSection(Section.ADDITIONAL)).hasSize(id % 4 == 1 ? 1 : 0);
            }
            assertThat(frontend.status().udpQueries()).isEqualTo(200);
            assertThat(frontend.status().answers().values().stream().mapToLong(n -> n).sum())
                    .isEqualTo(200);
            assertThat(frontend.status().faults()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void garbageLongAndEmptyDatagramsDoNotStopTheServer(boolean batches) throws IOException {
        try (DnsFrontend frontend = serving(batches, "");
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            InetSocketAddress server = Frontends.address(frontend);
            byte[] query = Oracle.question("web.marathon.mesos", Type.A).toWire();
            send(client, new byte[0], server);
            send(client, new byte[3], server);
            byte[] reply = query.clone();
            reply[2] |= (byte) 0x80;
            send(client, reply, server);
            send(client, Arrays.copyOf(query, 60_000), server);
            Message answer = receive(client);
            assertThat(answer.getRcode()).isEqualTo(Rcode.FORMERR);
            send(client, query, server);
            assertThat(receive(client).getSection(Section.ANSWER)).hasSize(1);
            assertThat(frontend.status().udpQueries()).isEqualTo(5);
            assertThat(frontend.status().dropped()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void severalThreadsServeOneAddress(boolean batches) throws IOException {
        try (DnsFrontend frontend = serving(batches, "udp-threads = 3")) {
            for (int i = 0; i < 20; i++) { // each from a new port
                Message reply =
                        Frontends.udp(frontend).send(Oracle.question("web.marathon.mesos", Type.A));
                assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
            }
            assertThat(frontend.status().udpQueries()).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ipv6IsServed(boolean batches) throws IOException {
        try (DnsFrontend frontend =
                DnsFrontend.start(
                        Frontends.settings("listen = [\"[::1]:0\"]\nudp-batches = " + batches))) {
            Frontends.publish(frontend, WEB, "");
            SimpleResolver resolver = new SimpleResolver(Frontends.address(frontend));
            resolver.setTimeout(Duration.ofSeconds(20));
            assertThat(
                            resolver.send(Oracle.question("web.marathon.mesos", Type.A))
                                    .getSection(Section.ANSWER))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingEndsTheThreadsAndKeepsTheCounters(boolean batches) throws IOException {
        DnsFrontend frontend = serving(batches, "udp-threads = 2");
        InetSocketAddress address = Frontends.address(frontend);
        Frontends.udp(frontend).send(Oracle.question("web.marathon.mesos", Type.A));
        frontend.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains(":" + address.getPort() + "-"));
        assertThat(frontend.status().udpQueries()).isEqualTo(1);
        new DatagramSocket(address).close();
    }
}
