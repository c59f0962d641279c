package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.dns.server.LocalAddresses;
import io.meridian.dns.wire.ResponseCode;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.Provenance.Origin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@link DnsFrontend} over real sockets. */
@Timeout(120)
class DnsFrontendTest {
    private static final String WEB = "web.marathon.mesos A 10.0.0.1";
    private static final String VIP = "web.marathon 11.0.0.1 10.0.0.1";
    private static final String HUNDRED =
            IntStream.range(0, 100)
                    .mapToObj(i -> "big.marathon.mesos A 10.1.0." + i)
                    .collect(Collectors.joining("\n"));

    private static Message ask(SimpleResolver resolver, String name, int type) throws IOException {
        return resolver.send(Oracle.question(name, type));
    }

    @Test
    void recordsAreShownAsTheyAreAnswered() {
        try (DnsFrontend frontend = Frontends.start("mesos-ttl = 7 s")) {
            assertThat(frontend.zones())
                    .filteredOn(ServedZone::complete)
                    .extracting(ServedZone::origin)
                    .containsExactly("localhost", "spartan", "thisnode.thisdcos.directory", "zk");
            assertThat(served(frontend, "mesos").records())
                    .containsExactly(new ZoneRecord("ns1.mesos", RecordType.A, "127.0.0.1"));

            Frontends.publish(frontend, WEB, VIP);

            assertThat(frontend.zones())
                    .isSortedAccordingTo(Comparator.comparing(ServedZone::origin));
            ServedZone mesos = served(frontend, "mesos");
            assertThat(mesos.complete()).isTrue();
            assertThat(mesos.ttl()).isEqualTo(7);
            assertThat(mesos.soa().serial()).isEqualTo(Zones.REVISION);
            assertThat(mesos.records())
                    .containsExactly(
                            new ZoneRecord("ns1.mesos", RecordType.A, "127.0.0.1"),
                            new ZoneRecord("web.marathon.mesos", RecordType.A, "10.0.0.1"));
            assertThat(mesos.rows()).extracting(ZoneRow::owner).containsExactly("/t");
            assertThat(served(frontend, "l4lb.thisdcos.directory").records())
                    .containsExactly(
                            new ZoneRecord(
                                    "web.marathon.l4lb.thisdcos.directory",
                                    RecordType.A,
                                    "11.0.0.1"));
        }
    }

    /** A mirror has its own owner and target names, and no rows in the table. */
    @Test
    void aMirroredZoneIsShownAsAnswered() {
        try (DnsFrontend frontend =
                Frontends.serving(
                        "",
                        WEB + "\n_web._tcp.marathon.mesos SRV 0 1 80 web.marathon.mesos.",
                        "")) {
            ServedZone mirror = served(frontend, "mesos.thisdcos.directory");
            assertThat(mirror.names())
                    .containsExactly(
                            "_web._tcp.marathon.mesos.thisdcos.directory",
                            "ns1.mesos.thisdcos.directory",
                            "web.marathon.mesos.thisdcos.directory");
            assertThat(mirror.records("_web._tcp.marathon.mesos.thisdcos.directory"))
                    .extracting(ZoneRecord::data)
                    .containsExactly("0 1 80 web.marathon.mesos.thisdcos.directory.");
            assertThat(mirror.records("web.marathon.mesos")).isEmpty();
            assertThat(mirror.rows()).isEmpty();
        }
    }

    private static ServedZone served(DnsFrontend frontend, String origin) {
        return frontend.zones().stream()
                .filter(zone -> zone.origin().equals(origin))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void bothZonesAreAnsweredOverUdpAndTcp() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("", WEB, VIP)) {
            for (SimpleResolver resolver :
                    List.of(Frontends.udp(frontend), Frontends.tcp(frontend))) {
                assertThat(Oracle.text(ask(resolver, "web.marathon.mesos", Type.A)))
                        .isEqualTo("NOERROR qr aa rd\nanswer web.marathon.mesos. 60 A 10.0.0.1\n");
                assertThat(
                                Oracle.text(
                                        ask(
                                                resolver,
                                                "web.marathon.l4lb.thisdcos.directory",
                                                Type.A)))
                        .isEqualTo(
                                "NOERROR qr aa rd\n"
                                        + "answer web.marathon.l4lb.thisdcos.directory. 5 A"
                                        + " 11.0.0.1\n");
                assertThat(ask(resolver, "ns1.mesos", Type.A).getSection(Section.ANSWER))
                        .singleElement()
                        .satisfies(r -> assertThat(r.rdataToString()).isEqualTo("127.0.0.1"));
                assertThat(ask(resolver, "example.org", Type.A).getRcode())
                        .isEqualTo(Rcode.REFUSED);
            }
            DnsStatus status = frontend.status();
            assertThat(status.complete()).isTrue();
            assertThat(status.udpQueries()).isEqualTo(4);
            assertThat(status.tcpQueries()).isEqualTo(4);
            assertThat(status.answers())
                    .containsEntry(ResponseCode.NOERROR, 6L)
                    .containsEntry(ResponseCode.REFUSED, 2L);
            assertThat(status.zoneRevision()).isEqualTo(Zones.REVISION);
            assertThat(status.names())
                    .containsEntry("mesos", 2)
                    .containsEntry("l4lb.thisdcos.directory", 1);
        }
    }

    @Test
    void beforeTheFirstImageNoNameIsNxdomain() throws IOException {
        try (DnsFrontend frontend = Frontends.start("")) {
            SimpleResolver resolver = Frontends.udp(frontend);
            assertThat(ask(resolver, "web.marathon.mesos", Type.A).getRcode())
                    .isEqualTo(Rcode.SERVFAIL);
            assertThat(frontend.status().complete()).isFalse();
            assertThat(frontend.status().zoneRevision()).isEqualTo(DnsStatus.NO_REVISION);
            Frontends.publish(frontend, "", "");
            assertThat(ask(resolver, "web.marathon.mesos", Type.A).getRcode())
                    .isEqualTo(Rcode.NXDOMAIN);
        }
    }

    @Test
    void theNextQueryAfterAChangeIsAnsweredFromIt() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("", WEB, "")) {
            SimpleResolver resolver = Frontends.udp(frontend);
            assertThat(ask(resolver, "web.marathon.mesos", Type.A).getSection(Section.ANSWER))
                    .hasSize(1);
            ZoneImage image = ZoneImage.EMPTY.apply(Zones.rows(WEB));
            List<Change<ZoneRow>> changes =
                    new ArrayList<>(Zones.rows("web.marathon.mesos A 10.0.0.2"));
            changes.add(Change.remove(image.rows().getFirst()));
            frontend.zonePublisher()
                    .onUpdate(changes, image.apply(changes), new Provenance(8, Origin.CHANGES));
            assertThat(Oracle.text(ask(resolver, "web.marathon.mesos", Type.A)))
                    .isEqualTo("NOERROR qr aa rd\nanswer web.marathon.mesos. 60 A 10.0.0.2\n");
            assertThat(Oracle.text(ask(resolver, "mesos", Type.SOA)))
                    .contains(" 8 60 600 86400 60");
        }
    }

    @Test
    void anAnswerTooLargeForUdpIsTruncatedAndCompleteOverTcp() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("", HUNDRED, "")) {
            SimpleResolver udp = Frontends.udp(frontend);
            udp.setIgnoreTruncation(true);
            Message cut = ask(udp, "big.marathon.mesos", Type.A);
            assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(cut.numBytes()).isLessThanOrEqualTo(512);
            assertThat(cut.getSection(Section.ANSWER)).hasSizeBetween(25, 30);

            udp.setEDNS(0, 4096, 0, List.of());
            Message larger = ask(udp, "big.marathon.mesos", Type.A);
            assertThat(larger.numBytes()).isBetween(1000, 1232);
            assertThat(larger.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(larger.getOPT().getPayloadSize()).isEqualTo(1232);

            SimpleResolver falling = Frontends.udp(frontend); // retries over TCP if TC is set
            assertThat(ask(falling, "big.marathon.mesos", Type.A).getSection(Section.ANSWER))
                    .hasSize(100);
            assertThat(frontend.status().truncated()).isEqualTo(3);
        }
    }

    @Test
    void aLargerUdpSizeCanBeSet() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("udp-size = 4096", HUNDRED, "")) {
            SimpleResolver udp = Frontends.udp(frontend);
            udp.setEDNS(0, 4096, 0, List.of());
            Message reply = ask(udp, "big.marathon.mesos", Type.A);
            assertThat(reply.getSection(Section.ANSWER)).hasSize(100);
            assertThat(frontend.status().tcpQueries()).isZero();
        }
    }

    @Test
    void theFirstAddressDiffersFromReplyToReply() throws IOException {
        try (DnsFrontend frontend =
                Frontends.serving("", "w.mesos A 10.0.0.1\nw.mesos A 10.0.0.2", "")) {
            SimpleResolver udp = Frontends.udp(frontend);
            List<String> first = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                first.add(
                        ask(udp, "w.mesos", Type.A)
                                .getSection(Section.ANSWER)
                                .getFirst()
                                .rdataToString());
            }
            assertThat(first).contains("10.0.0.1", "10.0.0.2"); // fails by chance once in 2^59
        }
    }

    @Test
    void otherOpcodesVersionsAndMalformedMessagesGetTheirCode() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("", WEB, "")) {
            SimpleResolver udp = Frontends.udp(frontend);
            Message versionOne = Oracle.question("web.marathon.mesos", Type.A);
            versionOne.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
            Message badVersion = udp.send(versionOne);
            assertThat(badVersion.getRcode()).isEqualTo(Rcode.BADVERS);
            assertThat(badVersion.getOPT().getVersion()).isZero();
            try (Socket socket = Frontends.connect(frontend)) {
                Message notify = Oracle.question("mesos", Type.SOA);
                notify.getHeader().setOpcode(Opcode.NOTIFY);
                Frontends.send(socket.getOutputStream(), notify.toWire());
                assertThat(Frontends.receive(socket).getRcode()).isEqualTo(Rcode.NOTIMP);
                byte[] garbled = new byte[12];
                garbled[5] = 1;
                Frontends.send(socket.getOutputStream(), garbled);
                assertThat(Frontends.receive(socket).getRcode()).isEqualTo(Rcode.FORMERR);
            }
            assertThat(frontend.status().malformed()).isEqualTo(2);
        }
    }

    @Test
    void severalThreadsServeOneAddress() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("udp-threads = 3", WEB, "")) {
            for (int i = 0;
                    i < 30;
                    i++) { // each from a new port, so the kernel spreads them over the sockets
                assertThat(ask(Frontends.udp(frontend), "web.marathon.mesos", Type.A).getRcode())
                        .isEqualTo(Rcode.NOERROR);
            }
        }
    }

    @Test
    void aWildcardSocketAnswersFromTheQueriedAddress() throws IOException {
        try (DnsFrontend frontend =
                DnsFrontend.start(Frontends.settings("listen = [\"0.0.0.0:0\"]"))) {
            Frontends.publish(frontend, WEB, "");
            int port = Frontends.address(frontend).getPort();
            SimpleResolver udp = Frontends.udp(frontend);
            udp.setAddress(new InetSocketAddress("127.0.0.1", port));
            assertThat(ask(udp, "web.marathon.mesos", Type.A).getRcode()).isEqualTo(Rcode.NOERROR);
            for (var address : LocalAddresses.behind(InetAddress.getByAddress(new byte[4]))) {
                try (DatagramSocket socket = new DatagramSocket()) {
                    socket.setSoTimeout(20_000);
                    byte[] question = Oracle.question("web.marathon.mesos", Type.A).toWire();
                    socket.send(new DatagramPacket(question, question.length, address, port));
                    DatagramPacket reply = new DatagramPacket(new byte[512], 512);
                    socket.receive(reply);
                    assertThat(reply.getAddress()).isEqualTo(address);
                }
                // A host with one address always answers from it, so also check that the address
                // has
                // its own socket.
                String thread = "dns-udp-" + address.getHostAddress() + ":" + port + "-0";
                assertThat(Thread.getAllStackTraces().keySet())
                        .anyMatch(t -> t.getName().equals(thread));
            }
        }
    }

    @Test
    void noBytesStopTheServer() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("udp-threads = 1", WEB, VIP)) {
            Random random = new Random(42);
            byte[] seed = Oracle.question("web.marathon.mesos", Type.ANY).toWire();
            try (DatagramSocket socket = new DatagramSocket()) {
                for (int i = 0; i < 20_000; i++) {
                    byte[] packet = i % 2 == 0 ? seed.clone() : new byte[random.nextInt(600)];
                    if (i % 2 == 0) {
                        for (int j = random.nextInt(6); j >= 0; j--) {
                            packet[random.nextInt(packet.length)] = (byte) random.nextInt();
                        }
                    } else {
                        random.nextBytes(packet);
                    }
                    socket.send(
                            new DatagramPacket(packet, packet.length, Frontends.address(frontend)));
                }
            }
            for (int i = 0; i < 200; i++) {
                try (Socket socket = Frontends.connect(frontend)) {
                    byte[] bytes = new byte[random.nextInt(300)];
                    random.nextBytes(bytes);
                    socket.getOutputStream().write(bytes);
                }
            }
            assertThat(ask(Frontends.udp(frontend), "web.marathon.mesos", Type.A).getRcode())
                    .isEqualTo(Rcode.NOERROR);
            assertThat(ask(Frontends.tcp(frontend), "web.marathon.mesos", Type.A).getRcode())
                    .isEqualTo(Rcode.NOERROR);
            assertThat(frontend.status().faults()).isZero();
            assertThat(frontend.status().malformed()).isPositive();
        }
    }

    @Test
    void unreadableRecordsAreCountedAndTheRestServed() throws IOException {
        try (DnsFrontend frontend =
                Frontends.serving("", WEB + "\nbad.mesos A not-an-address", "")) {
            assertThat(ask(Frontends.udp(frontend), "web.marathon.mesos", Type.A).getRcode())
                    .isEqualTo(Rcode.NOERROR);
            assertThat(frontend.status().unreadableRecords()).isEqualTo(1);
        }
    }

    @Test
    void closingFreesThePortAndAPortInUseIsNamed() throws IOException {
        InetSocketAddress address = PortPair.free();
        int port = address.getPort();
        String taken = "listen = [\"" + PortPair.text(address) + "\"]";
        DnsFrontend first = DnsFrontend.start(Frontends.settings(taken));
        assertThatThrownBy(() -> DnsFrontend.start(Frontends.settings(taken)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(PortPair.text(address));
        first.close();
        try (DnsFrontend second = DnsFrontend.start(Frontends.settings(taken))) {
            Frontends.publish(second, WEB, "");
            assertThat(ask(Frontends.udp(second), "web.marathon.mesos", Type.A).getRcode())
                    .isEqualTo(Rcode.NOERROR);
        }
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .noneMatch(name -> name.contains(":" + port + "-") || name.endsWith("-" + port));
    }
}
