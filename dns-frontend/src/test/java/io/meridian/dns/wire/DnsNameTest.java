package io.meridian.dns.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a..b", ".a", "a b", "ä.org", "a\u0000b"})
    void malformedNamesAreRefused(String text) {
        assertThat(DnsName.parse(text)).isEmpty();
    }

    @Test
    void labelsHave63BytesAtMostAndNames255() {
        String label = "a".repeat(63);
        assertThat(DnsName.parse(label)).isPresent();
        assertThat(DnsName.parse(label + "a")).isEmpty();
        String longest = label + "." + label + "." + label + "." + "a".repeat(61);
        assertThat(DnsName.literal(longest).length()).isEqualTo(255);
        assertThat(DnsName.parse(longest + "a")).isEmpty();
    }

    @Test
    void namesKeepTheirCaseAndCompareWithoutCase() {
        DnsName mixed = DnsName.literal("WeB.Mesos.");
        assertThat(mixed)
                .isEqualTo(DnsName.literal("web.mesos"))
                .hasSameHashCodeAs(DnsName.literal("web.mesos"));
        assertThat(mixed.isSpelled(DnsName.literal("web.mesos"))).isFalse();
        assertThat(mixed).hasToString("WeB.Mesos.");
        assertThat(mixed.key()).isEqualTo("web.mesos");
    }

    @ParameterizedTest
    @CsvSource({
        "mesos, mesos, true",
        "a.MESOS, mesos, true",
        "a.b.mesos, b.mesos, true",
        "xmesos, mesos, false",
        "mesos, a.mesos, false",
        "mesos.a, mesos, false",
        "anything, ., true",
        "., mesos, false"
    })
    void aNameIsBelowAnOriginByWholeLabels(String name, String origin, boolean below) {
        assertThat(DnsName.literal(name).isAtOrBelow(DnsName.literal(origin))).isEqualTo(below);
    }

    @ParameterizedTest
    @CsvSource({
        "a.*.mesos, a.mesos",
        "a.*.*.b.*.mesos, a.b.mesos",
        "*.mesos, *.mesos",
        "*.*.mesos, *.mesos",
        "a.**.mesos, a.**.mesos",
        "a.mesos, a.mesos"
    })
    void starLabelsBehindTheFirstCanBeLeftOut(String name, String expected) {
        assertThat(DnsName.literal(name).withoutInnerWildcards())
                .isEqualTo(DnsName.literal(expected));
    }
}
