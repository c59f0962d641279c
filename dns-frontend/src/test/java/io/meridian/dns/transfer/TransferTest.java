package io.meridian.dns.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;
import io.meridian.testkit.Requirement;
import io.meridian.testkit.SystemPackage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferIn;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Transfers over real sockets, requested by dnsjava, dig and kdig. */
@Timeout(180)
class TransferTest {
    private static final int MANY = 20_000;
    private static final int SHORTEST_RECORD = 18;

    /** Number of records that exceed the kernel's buffers of a client that does not read. */
    private static final int BEYOND_BUFFERS = 400_000;

    private static final Name MESOS = Name.fromConstantString("mesos.");

    private static DnsFrontend frontend;

    @BeforeAll
    static void start() {
        frontend = Frontends.serving(settings("[\"127.0.0.1\"]"), rows(MANY), VIP);
    }

    @AfterAll
    static void stop() {
        frontend.close();
    }

    private static final String VIP = "web.marathon 11.0.0.1 10.0.0.1";

    private static String settings(String allow) {
        return "transfer { allow = %s, keys = [{ name = %s, secret = \"%s\" }] }"
                .formatted(allow, Secondary.KEY, Secondary.SECRET);
    }

    private static String rows(int many) {
        return IntStream.range(0, many)
                        .mapToObj(
                                i ->
                                        "task"
                                                + i
                                                + ".marathon.mesos A 10."
                                                + (i >> 16)
                                                + "."
                                                + (i >> 8 & 255)
                                                + "."
                                                + (i & 255))
                        .collect(Collectors.joining("\n"))
                + """

                _web._tcp.marathon.mesos SRV 0 1 31000 task1.marathon.mesos.
                alias.mesos CNAME task1.marathon.mesos.
                reverse.mesos PTR task1.marathon.mesos.
                text.mesos TXT "task 1"
                """;
    }

    private static InetSocketAddress address() {
        return Frontends.address(frontend);
    }

    private static TSIG tsig() {
        return new TSIG("hmac-sha256.", Secondary.KEY + ".", Secondary.SECRET);
    }

    private static List<Record> axfr(InetSocketAddress server, @Nullable TSIG tsig)
            throws Exception {
        ZoneTransferIn transfer = ZoneTransferIn.newAXFR(MESOS, server, tsig);
        transfer.setTimeout(Duration.ofSeconds(60));
        transfer.run();
        return transfer.getAXFR();
    }

    @Test
    void aLargeZoneIsTransferredCompletelySignedAndUnsigned() throws Exception {
        int expected = MANY + 4 + 4; // SOA twice, NS, the name server's address
        assertThat(axfr(address(), null)).hasSize(expected);
        // dnsjava verifies each message's signature and their chain.
        assertThat(axfr(address(), tsig())).hasSize(expected);
        List<Integer> lengths = new ArrayList<>();
        long records = 0;
        try (Socket socket = Frontends.connect(frontend)) {
            send(socket, Xfr.axfr("mesos"));
            while (records < expected) {
                byte[] message = receive(socket);
                lengths.add(message.length);
                records += Oracle.parse(message).getSection(Section.ANSWER).size();
            }
        }
        assertThat(records).isEqualTo(expected);
        assertThat(lengths).allMatch(length -> length <= TransferWriter.MESSAGE_LENGTH);
        assertThat(lengths.subList(0, lengths.size() - 1)).allMatch(length -> length > 15_500);
    }

    @Test
    void theVipZoneIsTransferredToo() throws Exception {
        ZoneTransferIn transfer =
                ZoneTransferIn.newAXFR(
                        Name.fromConstantString("l4lb.thisdcos.directory."), address(), null);
        transfer.run();
        assertThat(transfer.getAXFR().stream().map(Record::toString))
                .anyMatch(line -> line.startsWith("web.marathon.l4lb.thisdcos.directory."));
    }

    @Test
    void queriesBehindATransferOnTheSameConnectionAreAnswered() throws Exception {
        try (Socket socket = Frontends.connect(frontend)) {
            Message first = Oracle.question("task7.marathon.mesos", Type.A);
            Message last = Oracle.question("task8.marathon.mesos", Type.A);
            Message transfer = Xfr.axfr("mesos");
            send(socket, first);
            send(socket, transfer);
            send(socket, last);
            Set<Integer> waiting =
                    new HashSet<>(List.of(first.getHeader().getID(), last.getHeader().getID()));
            long records = 0;
            while (records < MANY || !waiting.isEmpty()) {
                Message reply = Oracle.parse(receive(socket));
                if (reply.getHeader().getID() == transfer.getHeader().getID()) {
                    records += reply.getSection(Section.ANSWER).size();
                } else {
                    assertThat(waiting.remove(reply.getHeader().getID())).isTrue();
                    assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
                }
            }
        }
    }

    @Test
    void aClientThatNoRuleAllowsIsRefused() throws Exception {
        try (DnsFrontend closed = Frontends.serving("", "a.mesos A 10.0.0.1", "");
                DnsFrontend keyed =
                        Frontends.serving(
                                settings("[\"10.0.0.0/8\", \"key " + Secondary.KEY + "\"]"),
                                "a.mesos A 10.0.0.1",
                                "")) {
            for (DnsFrontend server : List.of(closed, keyed)) {
                assertThat(overTcp(server, Xfr.axfr("mesos")).getRcode()).isEqualTo(Rcode.REFUSED);
                assertThat(overTcp(server, Xfr.ixfr("mesos", 1)).getRcode())
                        .isEqualTo(Rcode.REFUSED);
            }
            assertThat(axfr(Frontends.address(keyed), tsig())).hasSize(5);
        }
    }

    @Test
    void overUdpIxfrAnswersTheSoaAndAxfrIsFormerr() throws Exception {
        Message reply = overUdp(Xfr.ixfr("mesos", 1));
        assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
        assertThat(reply.getSection(Section.ANSWER).getFirst().getType()).isEqualTo(Type.SOA);
        assertThat(overUdp(Xfr.axfr("mesos")).getRcode()).isEqualTo(Rcode.FORMERR);
    }

    @Test
    void transfersOfUnknownZonesAreErrors() throws Exception {
        assertThat(overTcp(frontend, Xfr.axfr("marathon.mesos")).getRcode())
                .isEqualTo(Rcode.NOTAUTH);
        assertThat(overTcp(frontend, Xfr.axfr("in-addr.arpa")).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(overTcp(frontend, Xfr.axfr("example.org")).getRcode()).isEqualTo(Rcode.NOTAUTH);
        assertThat(overTcp(frontend, Oracle.question("mesos", Type.IXFR)).getRcode())
                .isEqualTo(Rcode.FORMERR);
        try (DnsFrontend empty = Frontends.start(settings("[\"127.0.0.1\"]"))) {
            assertThat(overTcp(empty, Xfr.axfr("mesos")).getRcode()).isEqualTo(Rcode.SERVFAIL);
        }
    }

    @Test
    void aSignedQueryGetsASignedAnswerAndAWrongOneAnError() throws Exception {
        for (SimpleResolver resolver : List.of(Frontends.udp(frontend), Frontends.tcp(frontend))) {
            resolver.setTSIGKey(tsig());
            Message reply = resolver.send(Oracle.question("task1.marathon.mesos", Type.A));
            assertThat(reply.isSigned()).isTrue();
            assertThat(reply.isVerified()).isTrue();
            assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
            resolver.setTSIGKey(new TSIG("hmac-sha256.", "nobody.example.", Secondary.SECRET));
            reply = resolver.send(Oracle.question("task1.marathon.mesos", Type.A));
            assertThat(reply.getHeader().getRcode()).isEqualTo(Rcode.NOTAUTH);
            assertThat(reply.getTSIG().getError()).isEqualTo(Rcode.BADKEY);
            assertThat(reply.getSection(Section.ANSWER)).isEmpty();
        }
    }

    @Test
    void aStalledTransferEndsAndFreesItsPlace() throws Exception {
        try (DnsFrontend one =
                Frontends.serving(
                        settings("[\"127.0.0.1\"]").replace("allow", "concurrent = 1, allow")
                                + "\ntcp-idle-timeout = 500 ms",
                        rows(BEYOND_BUFFERS),
                        "")) {
            try (Socket stuck = new Socket()) {
                stuck.setReceiveBufferSize(2048);
                stuck.connect(Frontends.address(one));
                send(stuck, Xfr.axfr("mesos"));
                // The stalled transfer holds the only place until the server ends it.
                Message reply;
                do {
                    reply = overTcp(one, Xfr.ixfr("mesos", 1));
                } while (reply.getRcode() == Rcode.SERVFAIL);
                assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
                assertThat(drain(stuck)).isLessThan(BEYOND_BUFFERS * SHORTEST_RECORD);
            }
            assertThat(one.status().faults()).isZero();
        }
    }

    @Test
    void digAndKdigAcceptTheTransfers() throws IOException {
        String dig = Requirement.program(SystemPackage.DNSUTILS);
        String kdig = Requirement.program(SystemPackage.KNOT_DNSUTILS);
        String key = "hmac-sha256:" + Secondary.KEY + ":" + Secondary.SECRET;
        for (String program : List.of(dig, kdig)) {
            for (List<String> signed : List.of(List.<String>of(), List.of("-y", key))) {
                List<String> command =
                        new ArrayList<>(
                                List.of(
                                        program,
                                        "@127.0.0.1",
                                        "-p",
                                        String.valueOf(address().getPort())));
                command.addAll(signed);
                List<String> whole = new ArrayList<>(command);
                whole.addAll(List.of("mesos", "AXFR"));
                assertThat(Programs.output(whole))
                        .contains("task19999.marathon.mesos.")
                        .contains("\"task 1\"")
                        .doesNotContainIgnoringCase("warning")
                        .doesNotContainIgnoringCase("failed")
                        .doesNotContainIgnoringCase("couldn't verify");
                List<String> changes = new ArrayList<>(command);
                changes.addAll(List.of("mesos", "IXFR=7"));
                assertThat(Programs.output(changes))
                        .contains("mesos.")
                        .doesNotContain("task1.marathon")
                        .doesNotContainIgnoringCase("warning")
                        .doesNotContainIgnoringCase("failed");
            }
        }
    }

    private static void send(Socket socket, Message message) throws IOException {
        byte[] wire = message.toWire();
        byte[] framed = new byte[wire.length + 2];
        framed[0] = (byte) (wire.length >> 8);
        framed[1] = (byte) wire.length;
        System.arraycopy(wire, 0, framed, 2, wire.length);
        OutputStream out = socket.getOutputStream();
        out.write(framed);
        out.flush();
    }

    private static Message overTcp(DnsFrontend server, Message message) throws IOException {
        try (Socket socket = Frontends.connect(server)) {
            send(socket, message);
            return Oracle.parse(receive(socket));
        }
    }

    private static Message overUdp(Message message) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(address());
            socket.setSoTimeout(20_000);
            byte[] wire = message.toWire();
            socket.send(new DatagramPacket(wire, wire.length));
            DatagramPacket reply = new DatagramPacket(new byte[4096], 4096);
            socket.receive(reply);
            return Oracle.parse(Arrays.copyOf(reply.getData(), reply.getLength()));
        }
    }

    /** Number of bytes that arrive until the connection ends. */
    private static long drain(Socket socket) {
        long count = 0;
        byte[] buffer = new byte[8192];
        try {
            for (int n; (n = socket.getInputStream().read(buffer)) >= 0; count += n) {}
        } catch (IOException e) {
            // A reset also ends the connection.
        }
        return count;
    }

    private static byte[] receive(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        return message;
    }
}
