package io.meridian.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;
import io.meridian.dns.PortPair;
import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Forwarding to a running Knot DNS. */
@NeedsPackage(SystemPackage.KNOT)
@Timeout(120)
class KnotUpstreamTest {
    private static final Path KNOTD = Path.of("/usr/sbin/knotd");

    @TempDir private Path folder;
    private Process knot;
    private InetSocketAddress address;

    @BeforeEach
    void startKnot() throws Exception {
        address = PortPair.free();
        String hundred =
                IntStream.range(0, 100)
                        .mapToObj(i -> "big 300 A 10.9.0." + i)
                        .collect(Collectors.joining("\n"));
        Files.writeString(
                folder.resolve("example.org.zone"),
                """
                $ORIGIN example.org.
                @ 3600 SOA ns1 root 1 3600 600 86400 60
                @ 3600 NS ns1
                ns1 3600 A 192.0.2.53
                www 300 A 192.0.2.80
                alias 300 CNAME www
                text 300 TXT "one" "two"
                child 300 NS ns.child
                ns.child 300 A 192.0.2.54
                """
                        + hundred
                        + "\n");
        Path conf = folder.resolve("knot.conf");
        Files.writeString(
                conf,
                """
                server:
                    listen: %s@%d
                    rundir: "%s"
                    user: "%s"
                    udp-workers: 1
                    tcp-workers: 1
                    background-workers: 1
                log:
                  - target: stderr
                    any: info
                database:
                    storage: "%s"
                template:
                  - id: default
                    storage: "%s"
                    journal-content: none
                zone:
                  - domain: example.org
                    file: "%s"
                """
                        .formatted(
                                address.getAddress().getHostAddress(),
                                address.getPort(),
                                folder,
                                System.getProperty("user.name"),
                                folder,
                                folder,
                                folder.resolve("example.org.zone")));
        knot =
                new ProcessBuilder(KNOTD.toString(), "-c", conf.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("knot.log").toFile())
                        .start();
        awaitAnswer();
    }

    private void awaitAnswer() throws Exception {
        SimpleResolver resolver = new SimpleResolver(address);
        resolver.setTimeout(Duration.ofMillis(200));
        while (true) {
            assertThat(knot.isAlive()).as(() -> "knotd runs: " + log()).isTrue();
            try {
                if (resolver.send(Oracle.question("www.example.org", Type.A)).getRcode() == 0) {
                    return;
                }
            } catch (IOException e) {
                Thread.sleep(20); // not up yet; the test's time limit ends the loop
            }
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("knot.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @AfterEach
    void stopKnot() throws Exception {
        if (knot != null) {
            knot.destroy();
            knot.waitFor();
        }
    }

    private static Message udp(DnsFrontend frontend, String name, int type) throws IOException {
        SimpleResolver udp = Frontends.udp(frontend);
        udp.setIgnoreTruncation(true);
        return udp.send(Oracle.question(name, type));
    }

    @Test
    void answersOfKnotArePassedOn() throws IOException {
        try (DnsFrontend frontend =
                Frontends.serving(
                        "forward-zones { \"example.org\" = [\"" + PortPair.text(address) + "\"] }",
                        "web.mesos A 10.0.0.1",
                        "")) {
            assertThat(Oracle.text(udp(frontend, "www.example.org", Type.A)))
                    .isEqualTo("NOERROR qr rd\nanswer www.example.org. 300 A 192.0.2.80\n");
            assertThat(Oracle.text(udp(frontend, "alias.example.org", Type.A)))
                    .isEqualTo(
                            """
                            NOERROR qr rd
                            answer alias.example.org. 300 CNAME www.example.org.
                            answer www.example.org. 300 A 192.0.2.80
                            """);
            assertThat(Oracle.text(udp(frontend, "text.example.org", Type.TXT)))
                    .contains("\"one\" \"two\"");

            Message missing = udp(frontend, "no.example.org", Type.A);
            assertThat(missing.getRcode()).isEqualTo(Rcode.NXDOMAIN);
            // The SOA's own TTL is an hour; a denial holds for MINIMUM.
            assertThat(missing.getSection(Section.AUTHORITY).getFirst().getTTL()).isEqualTo(60);
            Message noData = udp(frontend, "www.example.org", Type.AAAA);
            assertThat(noData.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(noData.getSection(Section.AUTHORITY)).hasSize(1);

            Message cut = udp(frontend, "big.example.org", Type.A);
            assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(cut.numBytes()).isLessThanOrEqualTo(512);
            assertThat(
                            Frontends.udp(frontend) // goes to TCP by itself
                                    .send(Oracle.question("big.example.org", Type.A))
                                    .getSection(Section.ANSWER))
                    .hasSize(100);

            Message referral = udp(frontend, "x.child.example.org", Type.A);
            assertThat(referral.getSection(Section.AUTHORITY))
                    .singleElement()
                    .satisfies(r -> assertThat(r.getType()).isEqualTo(Type.NS));
            assertThat(frontend.status().faults()).isZero();
            assertThat(frontend.status().forwardFailures()).isZero();
        }
    }

    @Test
    void cachedAnswersAreServedAfterKnotEnds() throws Exception {
        try (DnsFrontend frontend =
                Frontends.serving(
                        "forward-zones { \"example.org\" = [\"" + PortPair.text(address) + "\"] }",
                        "web.mesos A 10.0.0.1",
                        "")) {
            udp(frontend, "www.example.org", Type.A);
            stopKnot();
            assertThat(udp(frontend, "www.example.org", Type.A).getRcode())
                    .isEqualTo(Rcode.NOERROR);
            Message unknown = udp(frontend, "text.example.org", Type.TXT);
            assertThat(unknown.getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(unknown.getHeader().getFlag(Flags.QR)).isTrue();
            assertThat(udp(frontend, "web.mesos", Type.A).getRcode()).isEqualTo(Rcode.NOERROR);
        }
    }
}
