package io.meridian.dns.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.zone.RecordType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RdataTest {
    @Test
    void addressesAndSrvAreReadFromZoneFileText() {
        assertThat(Rdata.parse(RecordType.A, "10.0.0.1"))
                .contains(new Rdata.Address(IpAddress.literal("10.0.0.1")));
        assertThat(Rdata.parse(RecordType.AAAA, "2001:db8::1"))
                .contains(new Rdata.Address(IpAddress.literal("2001:db8::1")));
        assertThat(Rdata.parse(RecordType.SRV, "0 1 31000 a.mesos."))
                .contains(new Rdata.Srv(0, 1, 31000, DnsName.literal("a.mesos")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0  1 31000 a.mesos.", "0 1 31000   a.mesos", "0 1 31000 a.mesos. "})
    void srvMayHaveMoreBlanks(String text) {
        assertThat(Rdata.parse(RecordType.SRV, text))
                .contains(new Rdata.Srv(0, 1, 31000, DnsName.literal("a.mesos")));
    }

    @Test
    void namesAndTextsAreReadFromZoneFileText() {
        assertThat(Rdata.parse(RecordType.CNAME, "a.mesos."))
                .contains(new Rdata.Cname(DnsName.literal("a.mesos")));
        assertThat(Rdata.parse(RecordType.PTR, "a.mesos."))
                .contains(new Rdata.Ptr(DnsName.literal("a.mesos")));
        assertThat(Rdata.parse(RecordType.TXT, "\"say \\\"a\\\\b\\\"\""))
                .contains(new Rdata.Txt("say \"a\\b\""));
        assertThat(Rdata.parse(RecordType.TXT, "\"\"")).contains(new Rdata.Txt(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"", "plain", "\"a\"b\"", "\"a\\\"", "\"\u0101\""})
    void malformedQuotedTextIsRefused(String text) {
        assertThat(Rdata.parse(RecordType.TXT, text)).isEmpty();
        assertThat(Rdata.parse(RecordType.TXT, "\"" + "a".repeat(256) + "\"")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "A, 10.0.0.300",
        "A, 2001:db8::1",
        "A, host.name",
        "AAAA, 10.0.0.1",
        "SRV, 0 1 65536 a.",
        "SRV, -1 1 1 a.",
        "SRV, 0 1 a.",
        "SRV, 0 1 2 3 a.",
        "SRV, 0 1 x a.",
        "SRV, ' 0 1 1 a.'",
        "SRV, '0 1 1 '",
        "SRV, '0 1'",
        "SRV, 0 1 1 a..b",
        "CNAME, a..b",
        "PTR, a b"
    })
    void dataThatTheTypeForbidsIsRefused(RecordType type, String text) {
        assertThat(Rdata.parse(type, text)).isEmpty();
    }
}
