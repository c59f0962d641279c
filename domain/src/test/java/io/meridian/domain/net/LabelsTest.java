package io.meridian.domain.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Labels.HostNameRule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors of specs mesos-dns 1.2 and dcos-net 1.3: the answers of Mesos-DNS and dcos-net. */
class LabelsTest {
    @ParameterizedTest
    @CsvSource({
        "_under_, under",
        "ÀbÉ, b",
        "app.group, app-group",
        "4abc123, 4abc123",
        "-4abc123, 4abc123",
        "0-0, 0-0",
        "a/b c$d, abcd",
        "chronos with a space AND MIXED CASE-2.0.1, chronoswithaspaceandmixedcase-2-0-1",
        "'', ''",
        "---, ''",
        "\u212a, ''", // the Kelvin sign, whose lower case in Unicode is k
    })
    void mesosDnsMakesOneLabelOfAName(String name, String label) {
        assertThat(Labels.mesosLabel(name)).isEqualTo(label);
    }

    @Test
    void mesosDnsCutsAtTheEndOfALabelAndSkipsDashes() {
        assertThat(Labels.mesosLabel(a(62) + "-b")).isEqualTo(a(62) + "b");
        assertThat(Labels.mesosLabel(a(61) + "--a-b")).isEqualTo(a(62) + "-");
        assertThat(Labels.mesosLabel(a(60) + "---bcdefgh")).isEqualTo(a(60) + "bcd");
        assertThat(Labels.mesosLabel(a(10) + "-".repeat(80) + "zz")).isEqualTo(a(10) + "zz");
        assertThat(Labels.mesosLabel(a(63))).isEqualTo(a(63));
        assertThat(Labels.mesosLabel(a(64))).isEqualTo(a(63));
        assertThat(Labels.mesosLabel(a(62) + "-")).isEqualTo(a(62));
    }

    @ParameterizedTest
    @CsvSource({
        "4abc123, abc123",
        "-4-4abc123, abc123",
        "chronos with a space AND MIXED CASE-2.0.1, chronoswithaspaceandmixe",
        "abcdefghijklmnopqrstuvwxyz, abcdefghijklmnopqrstuvwx",
        "123, ''",
    })
    void theOlderRuleOfMesosDnsIsShorterAndStartsWithALetter(String name, String label) {
        assertThat(Labels.mesosLabel(name, HostNameRule.RFC952)).isEqualTo(label);
    }

    @ParameterizedTest
    @CsvSource({
        "pod_123$abc.marathon-0.6.0-dev.mesos, pod-123abc.marathon-0.6.0-dev.mesos,"
                + " pod-123abc.marathon-0.dev.mesos",
        "Team.A/My_FW, team.amy-fw, team.amy-fw",
        "a..b., a.b, a.b",
        "$.%, '', ''",
        "'', '', ''",
    })
    void mesosDnsKeepsDotsInFrameworkNames(String name, String rfc1123, String rfc952) {
        assertThat(Labels.mesosFragment(name)).isEqualTo(rfc1123);
        assertThat(Labels.mesosFragment(name, HostNameRule.RFC952)).isEqualTo(rfc952);
    }

    @ParameterizedTest
    @CsvSource({
        "fd%gsf---gs7-f$gs--d7fddg-123, fdgsf---gs7-fgs--d7fddg-123",
        "-4abc123, 4abc123",
        "0-0, 0-0",
        "abc-, abc",
        "%%fdgsf---gs7-fgs--d7fddg123456789012345678901234567890123456789---123, "
                + "fdgsf---gs7-fgs--d7fddg1234567890123456789012345678901234567891",
        "my.fw, my-fw",
        "web.frontend.shop, web-frontend-shop",
        "'', ''",
        "%$, ''",
    })
    void dcosMakesOneLabelOfAName(String name, String label) {
        assertThat(Labels.dcosLabel(name)).isEqualTo(label);
    }

    @Test
    void dcosCutsWithoutADashAtTheEnd() {
        assertThat(Labels.dcosLabel(a(62) + "-b-c")).isEqualTo(a(62) + "b");
        assertThat(Labels.dcosLabel(a(60) + "---b-c-d-e")).isEqualTo(a(60) + "bcd");
        assertThat(Labels.dcosLabel(a(61) + "--a-")).isEqualTo(a(61) + "a");
        assertThat(Labels.dcosLabel(a(60) + "-bcdef")).isEqualTo(a(60) + "-bc");
    }

    @ParameterizedTest
    @CsvSource({
        "/mygroup/myapp, mygroupmyapp",
        "api.hello-world, api.hello-world",
        "/web, web",
        ".web..x., web.x",
        "A_b.C, a-b.c",
    })
    void dcosKeepsDotsInVipNames(String name, String fragment) {
        assertThat(Labels.dcosFragment(name)).contains(fragment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "/", "web.$", "-.web", "%%"})
    void aVipNameWithAPartThatGivesNoLabelIsRefused(String name) {
        assertThat(Labels.dcosFragment(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "_http._web._tcp.marathon.mesos", "0.a-b.c-", "web--x"})
    void labelsOfLettersDigitsDashesAndUnderscoresAreAName(String name) {
        assertThat(Labels.isName(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "a.", ".a", "a..b", "A", "a b", "-a", "a.-b", "ä", "a/b", "a\\.b"})
    void invalidNamesAreRejected(String name) {
        assertThat(Labels.isName(name)).isFalse();
    }

    @Test
    void namesAndLabelsHaveALongestLength() {
        String longest = String.join(".", a(63), a(63), a(63), a(61));

        assertThat(Labels.isName(longest)).isTrue();
        assertThat(Labels.isName(longest + "a")).isFalse();
        assertThat(Labels.isName(a(63))).isTrue();
        assertThat(Labels.isName(a(64))).isFalse();
    }

    private static String a(int count) {
        return "a".repeat(count);
    }
}
