package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A running frontend with BIND's dig as client. */
@NeedsPackage(SystemPackage.DNSUTILS)
@Timeout(120)
class DigTest {
    private static DnsFrontend frontend;

    @BeforeAll
    static void start() {
        String hundred =
                IntStream.range(0, 100)
                        .mapToObj(i -> "big.marathon.mesos A 10.1.0." + i)
                        .collect(Collectors.joining("\n"));
        frontend =
                Frontends.serving(
                        "nsid = \"node 7\"",
                        """
                        web.marathon.mesos A 10.0.0.1
                        web-iffe9-s0.marathon.mesos A 10.0.0.1
                        _web._tcp.marathon.mesos SRV 0 1 31000 web-iffe9-s0.marathon.mesos.
                        """
                                + hundred,
                        "web.marathon 11.0.0.1 10.0.0.1");
    }

    @AfterAll
    static void stop() {
        if (frontend != null) {
            frontend.close();
        }
    }

    /** Output of dig with single blanks; fails if dig warns. */
    private static String dig(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("+norecurse"));
        all.addAll(List.of(arguments));
        String output = Dig.ask(frontend, all).replaceAll("[ \t]+", " ");
        assertThat(output)
                .doesNotContain("WARNING")
                .doesNotContain("Warning")
                .doesNotContain("malformed");
        return output;
    }

    @Test
    void anAddressOverUdpAndTcp() throws IOException {
        for (String transport : List.of("+notcp", "+tcp")) {
            assertThat(dig(transport, "web.marathon.mesos", "A"))
                    .contains("status: NOERROR")
                    .contains("flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1")
                    .contains("web.marathon.mesos. 60 IN A 10.0.0.1")
                    .contains("EDNS: version: 0, flags:; udp: 1232");
        }
        assertThat(dig("+noedns", "web.marathon.mesos", "A"))
                .contains("ADDITIONAL: 0")
                .doesNotContain("EDNS");
    }

    @Test
    void srvWithItsAddress() throws IOException {
        assertThat(dig("_web._tcp.marathon.mesos", "SRV"))
                .contains(
                        "_web._tcp.marathon.mesos. 60 IN SRV 0 1 31000"
                                + " web-iffe9-s0.marathon.mesos.")
                .contains("ADDITIONAL SECTION:\nweb-iffe9-s0.marathon.mesos. 60 IN A 10.0.0.1");
    }

    @Test
    void aVip() throws IOException {
        assertThat(dig("web.marathon.l4lb.thisdcos.directory"))
                .contains("directory. 5 IN A 11.0.0.1");
    }

    @Test
    void theReplyKeepsTheSpellingOfTheQuestion() throws IOException {
        assertThat(dig("wEb.MaRathoN.meSos", "A"))
                .contains("\nwEb.MaRathoN.meSos. 60 IN A 10.0.0.1");
    }

    @Test
    void aHundredAddressesAreTruncatedOverUdpAndCompleteOverTcp() throws IOException {
        assertThat(dig("+ignore", "+noedns", "big.marathon.mesos"))
                .contains("flags: qr aa tc;")
                .contains("ANSWER: 29,");
        assertThat(dig("+ignore", "+bufsize=4096", "big.marathon.mesos"))
                .contains("flags: qr aa tc;")
                .containsPattern("MSG SIZE rcvd: 12[0-9]{2}\n");
        assertThat(dig("big.marathon.mesos"))
                .contains("Truncated, retrying in TCP")
                .contains("ANSWER: 100,");
    }

    @Test
    void anUnknownNameHasTheZonesSoa() throws IOException {
        assertThat(dig("nobody.marathon.mesos"))
                .contains("status: NXDOMAIN")
                .contains(
                        "AUTHORITY SECTION:\n"
                                + "mesos. 60 IN SOA ns1.mesos. root.ns1.mesos. 7 60 600 86400 60");
    }

    @Test
    void aMissingTypeAndAnEmptyNonTerminalAreNodata() throws IOException {
        for (List<String> question :
                List.of(
                        List.of("web.marathon.mesos", "AAAA"),
                        List.of("_tcp.marathon.mesos", "A"),
                        List.of("mesos", "TXT"))) {
            assertThat(dig(question.get(0), question.get(1)))
                    .contains("status: NOERROR")
                    .contains("ANSWER: 0, AUTHORITY: 1")
                    .contains("\nmesos. 60 IN SOA ");
        }
    }

    @Test
    void anotherEdnsVersionIsABadVersion() throws IOException {
        assertThat(dig("+edns=1", "+noednsneg", "web.marathon.mesos"))
                .contains("status: BADVERS")
                .contains("EDNS: version: 0");
    }

    @Test
    void dnssecAndUnknownOptionsAreAccepted() throws IOException {
        assertThat(dig("+dnssec", "+cookie", "+nsid", "+subnet=192.0.2.0/24", "web.marathon.mesos"))
                .contains("EDNS: version: 0, flags: do; udp: 1232")
                .contains("60 IN A 10.0.0.1");
    }

    /** dig checks that a reply has its client cookie, and prints "(good)". */
    @Test
    void repliesHaveAServerCookieAndNsid() throws IOException {
        String first = dig("+cookie=0102030405060708", "+nsid", "web.marathon.mesos");
        assertThat(first)
                .contains("NSID: 6e 6f 64 65 20 37 (\"node 7\")")
                .containsPattern("COOKIE: 0102030405060708010000[0-9a-f]{26} \\(good\\)");
        String cookie = first.replaceAll("(?s).*COOKIE: ([0-9a-f]{48}).*", "$1");
        assertThat(dig("+cookie=" + cookie, "web.marathon.mesos"))
                .contains("COOKIE: " + cookie + " (good)")
                .doesNotContain("NSID");
        assertThat(dig("+edns=1", "+noednsneg", "+nsid", "web.marathon.mesos"))
                .contains("BADVERS")
                .doesNotContain("NSID");
    }

    @Test
    void otherClassesOpcodesAndTransfersAreRejected() throws IOException {
        assertThat(dig("version.bind", "CH", "TXT")).contains("status: REFUSED");
        assertThat(dig("+noedns", "+opcode=NOTIFY", "mesos", "SOA")).contains("status: NOTIMP");
        assertThat(dig("mesos", "AXFR")).contains("; Transfer failed.");
        assertThat(dig("example.org")).contains("status: REFUSED");
    }
}
