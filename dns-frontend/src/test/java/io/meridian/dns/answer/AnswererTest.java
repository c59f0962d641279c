package io.meridian.dns.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.Oracle;
import io.meridian.dns.Zones;
import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

import java.util.List;

/** Expected replies are text: RCODE and flags, then each section's records, sorted. */
class AnswererTest {
    private static final String SOA = " SOA ns1.mesos. root.ns1.mesos. 7 60 600 86400 60\n";
    private static final String NODATA = "NOERROR qr aa\nauthority mesos. 60" + SOA;
    private static final String NXDOMAIN = "NXDOMAIN qr aa\nauthority mesos. 60" + SOA;
    private static final String L4LB_SOA =
            "authority l4lb.thisdcos.directory. 1 SOA ns.spartan. support.mesosphere.com. 7 60 180"
                    + " 86400 1\n";

    private final DnsImage image =
            Zones.image(
                    """
                    web.marathon.mesos A 10.0.0.1
                    web.marathon.mesos A 10.0.0.2
                    web.marathon.mesos AAAA 2001:db8::1
                    web-iffe9-s0.marathon.mesos A 10.0.0.1
                    web-5eh48-s1.marathon.mesos A 10.0.0.2
                    web-5eh48-s1.marathon.mesos AAAA 2001:db8::1
                    _web._tcp.marathon.mesos SRV 0 1 31000 web-iffe9-s0.marathon.mesos.
                    _web._tcp.marathon.mesos SRV 0 1 31001 web-iffe9-s0.marathon.mesos.
                    _web._tcp.marathon.mesos SRV 0 1 31000 web-5eh48-s1.marathon.mesos.
                    _ext._tcp.marathon.mesos SRV 10 20 443 www.example.org.
                    broken.marathon.mesos A 10.0.0.300
                    """,
                    """
                    web.marathon 11.0.0.1 10.0.0.1
                    api.v1.marathon fd01:c::1 2001:db8::7
                    """);

    private String ask(String name, String type) {
        return Oracle.text(Oracle.ask(image, name, type)).replace(" rd", "");
    }

    @Test
    void aNameHasItsAddresses() {
        assertThat(ask("web.marathon.mesos", "A"))
                .isEqualTo(
                        """
                        NOERROR qr aa
                        answer web.marathon.mesos. 60 A 10.0.0.1
                        answer web.marathon.mesos. 60 A 10.0.0.2
                        """);
        assertThat(ask("web.marathon.mesos", "AAAA"))
                .isEqualTo(
                        "NOERROR qr aa\nanswer web.marathon.mesos. 60 AAAA 2001:db8:0:0:0:0:0:1\n");
    }

    @Test
    void srvAddsEveryAddressOfEveryTargetOnce() {
        assertThat(ask("_web._tcp.marathon.mesos", "SRV"))
                .isEqualTo(
                        """
                        NOERROR qr aa
                        answer _web._tcp.marathon.mesos. 60 SRV 0 1 31000 web-5eh48-s1.marathon.mesos.
                        answer _web._tcp.marathon.mesos. 60 SRV 0 1 31000 web-iffe9-s0.marathon.mesos.
                        answer _web._tcp.marathon.mesos. 60 SRV 0 1 31001 web-iffe9-s0.marathon.mesos.
                        additional web-5eh48-s1.marathon.mesos. 60 A 10.0.0.2
                        additional web-5eh48-s1.marathon.mesos. 60 AAAA 2001:db8:0:0:0:0:0:1
                        additional web-iffe9-s0.marathon.mesos. 60 A 10.0.0.1
                        """);
    }

    @Test
    void anSrvTargetOutsideOwnZonesAddsNoAddress() {
        assertThat(ask("_ext._tcp.marathon.mesos", "SRV"))
                .isEqualTo(
                        "NOERROR qr aa\n"
                                + "answer _ext._tcp.marathon.mesos. 60 SRV 10 20 443"
                                + " www.example.org.\n");
    }

    @Test
    void aTypeThatANameLacksIsNodata() {
        assertThat(ask("web-iffe9-s0.marathon.mesos", "AAAA")).isEqualTo(NODATA);
        assertThat(ask("_web._tcp.marathon.mesos", "A")).isEqualTo(NODATA);
        for (String type :
                List.of("TXT", "MX", "CNAME", "PTR", "HTTPS", "DS", "SOA", "NS", "DNSKEY", "SRV")) {
            assertThat(ask("web.marathon.mesos", type)).as(type).isEqualTo(NODATA);
        }
    }

    @Test
    void anUnknownNameIsNxdomainForEveryType() {
        for (String type : List.of("A", "AAAA", "SRV", "TXT", "SOA", "NS", "ANY", "DS")) {
            assertThat(ask("nobody.marathon.mesos", type)).as(type).isEqualTo(NXDOMAIN);
        }
        assertThat(ask("below.web.marathon.mesos", "A")).isEqualTo(NXDOMAIN);
    }

    @Test
    void anEmptyNonTerminalIsNodata() { // RFC 8020
        assertThat(ask("marathon.mesos", "A")).isEqualTo(NODATA);
        assertThat(ask("_tcp.marathon.mesos", "SRV")).isEqualTo(NODATA);
        assertThat(ask("marathon.mesos", "ANY")).isEqualTo(NODATA);
    }

    @Test
    void theApexHasSoaAndNs() {
        assertThat(ask("mesos", "SOA")).isEqualTo("NOERROR qr aa\nanswer mesos. 60" + SOA);
        assertThat(ask("mesos", "NS"))
                .isEqualTo(
                        """
                        NOERROR qr aa
                        answer mesos. 60 NS ns1.mesos.
                        additional ns1.mesos. 60 A 192.0.2.53
                        """);
        assertThat(ask("mesos", "A")).isEqualTo(NODATA);
        assertThat(ask("mesos", "DS")).isEqualTo(NODATA);
        assertThat(ask("mesos", "ANY"))
                .isEqualTo(
                        "NOERROR qr aa\nanswer mesos. 60 NS ns1.mesos.\nanswer mesos. 60"
                                + SOA
                                + "additional ns1.mesos. 60 A 192.0.2.53\n");
    }

    @Test
    void theNameServerIsAtTheListeningAddress() {
        assertThat(ask("ns1.mesos", "A"))
                .isEqualTo("NOERROR qr aa\nanswer ns1.mesos. 60 A 192.0.2.53\n");
        assertThat(ask("ns1.mesos", "AAAA")).isEqualTo(NODATA);
    }

    @Test
    void anyHasEverything() {
        assertThat(ask("web.marathon.mesos", "ANY"))
                .isEqualTo(
                        """
                        NOERROR qr aa
                        answer web.marathon.mesos. 60 A 10.0.0.1
                        answer web.marathon.mesos. 60 A 10.0.0.2
                        answer web.marathon.mesos. 60 AAAA 2001:db8:0:0:0:0:0:1
                        """);
        assertThat(ask("_ext._tcp.marathon.mesos", "ANY"))
                .isEqualTo(
                        "NOERROR qr aa\n"
                                + "answer _ext._tcp.marathon.mesos. 60 SRV 10 20 443"
                                + " www.example.org.\n");
    }

    @Test
    void theOwnerIsSpelledAsInTheQuestion() {
        assertThat(ask("wEb.MaraThon.MESOS", "A"))
                .isEqualTo(
                        """
                        NOERROR qr aa
                        answer wEb.MaraThon.MESOS. 60 A 10.0.0.1
                        answer wEb.MaraThon.MESOS. 60 A 10.0.0.2
                        """);
        assertThat(ask("MESOS", "SOA"))
                .isEqualTo(
                        "NOERROR qr aa\nanswer MESOS. 60"
                                + " SOA ns1.MESOS. root.ns1.MESOS."
                                + " 7 60 600 86400 60\n");
    }

    @Test
    void aStarLabelInsideANameIsSkipped() {
        assertThat(ask("web.*.marathon.mesos", "AAAA"))
                .isEqualTo(
                        "NOERROR qr aa\n"
                                + "answer web.*.marathon.mesos. 60 AAAA 2001:db8:0:0:0:0:0:1\n");
        assertThat(ask("web.*.*.marathon.*.mesos", "TXT")).isEqualTo(NODATA);
        assertThat(ask("*.marathon.mesos", "A")).isEqualTo(NXDOMAIN);
        assertThat(ask("*.mesos", "A")).isEqualTo(NXDOMAIN);
        assertThat(ask("web.*.marathon.l4lb.thisdcos.directory", "A")).startsWith("NXDOMAIN");
    }

    @Test
    void aDotInsideALabelIsNotALabelEnd() {
        assertThat(ask("web\\.marathon.mesos", "A")).isEqualTo(NXDOMAIN);
        assertThat(ask("web\\.mesos", "A")).isEqualTo("REFUSED qr\n");
    }

    @Test
    void anUnreadableRecordIsOmittedAndItsNameStays() {
        assertThat(ask("broken.marathon.mesos", "A")).isEqualTo(NODATA);
    }

    @Test
    void namedVipsHaveTheirAddress() {
        assertThat(ask("web.marathon.l4lb.thisdcos.directory", "A"))
                .isEqualTo(
                        "NOERROR qr aa\n"
                                + "answer web.marathon.l4lb.thisdcos.directory. 5 A 11.0.0.1\n");
        assertThat(ask("api.v1.marathon.l4lb.thisdcos.directory", "AAAA"))
                .isEqualTo(
                        "NOERROR qr aa\n"
                                + "answer api.v1.marathon.l4lb.thisdcos.directory. 5 AAAA"
                                + " fd01:c:0:0:0:0:0:1\n");
        assertThat(ask("web.marathon.l4lb.thisdcos.directory", "AAAA"))
                .isEqualTo("NOERROR qr aa\n" + L4LB_SOA);
        assertThat(ask("v1.marathon.l4lb.thisdcos.directory", "A"))
                .isEqualTo("NOERROR qr aa\n" + L4LB_SOA);
        assertThat(ask("db.marathon.l4lb.thisdcos.directory", "A"))
                .isEqualTo("NXDOMAIN qr aa\n" + L4LB_SOA);
    }

    @Test
    void theL4lbApexHasDcosNetsSoaAndNs() {
        assertThat(ask("l4lb.thisdcos.directory", "SOA"))
                .isEqualTo(
                        "NOERROR qr aa\n"
                                + L4LB_SOA.replace("authority", "answer")
                                        .replace(". 1 SOA", ". 5 SOA"));
        assertThat(ask("l4lb.thisdcos.directory", "NS"))
                .isEqualTo("NOERROR qr aa\nanswer l4lb.thisdcos.directory. 3600 NS ns.spartan.\n");
    }

    @Test
    void namesOutsideOwnZonesAreRefused() {
        for (String name :
                List.of(
                        "example.org",
                        ".",
                        "directory",
                        "thisdcos.directory",
                        "xmesos",
                        "mesos.example.org")) {
            assertThat(ask(name, "A")).as(name).isEqualTo("REFUSED qr\n");
        }
    }

    @Test
    void transfersAreRefused() {
        assertThat(ask("mesos", "AXFR")).isEqualTo("REFUSED qr\n");
    }

    @Test
    void aZoneWithoutImageAnswersServfailNotNxdomain() {
        DnsImage young =
                new DnsImage(
                        List.of(
                                Zone.awaited(
                                        ZoneProfile.mesos(
                                                "mesos",
                                                60,
                                                List.of(IpAddress.literal("192.0.2.53")))),
                                Zone.awaited(ZoneProfile.l4lb())));
        for (String name :
                List.of(
                        "web.marathon.mesos",
                        "mesos",
                        "ns1.mesos",
                        "web.marathon.l4lb.thisdcos.directory")) {
            assertThat(Oracle.text(Oracle.ask(young, name, "A")))
                    .as(name)
                    .isEqualTo("SERVFAIL qr rd\n");
        }
    }

    @Test
    void classAnyIsAnsweredWithoutAuthority() throws Exception {
        Message question =
                Message.newQuery(
                        Record.newRecord(
                                Name.fromString("web-iffe9-s0.marathon.mesos."),
                                Type.A,
                                DClass.ANY));
        assertThat(Oracle.text(Oracle.ask(image, question, 512)))
                .isEqualTo("NOERROR qr rd\nanswer web-iffe9-s0.marathon.mesos. 60 A 10.0.0.1\n");
    }

    @Test
    void theLongestOriginWins() {
        Zone outer = Zone.awaited(ZoneProfile.mesos("mesos", 60, List.of()));
        Zone inner = Zone.awaited(ZoneProfile.mesos("team.mesos", 60, List.of()));
        DnsImage nested = new DnsImage(List.of(outer, inner));
        assertThat(nested.zoneOf(io.meridian.dns.wire.DnsName.literal("a.Team.mesos")))
                .containsSame(inner);
        assertThat(nested.zoneOf(io.meridian.dns.wire.DnsName.literal("ateam.mesos")))
                .containsSame(outer);
    }
}
