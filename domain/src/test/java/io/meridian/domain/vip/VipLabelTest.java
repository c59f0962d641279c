package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.Running;
import io.meridian.domain.net.Protocol;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Set;
import java.util.TreeSet;

class VipLabelTest {
    @ParameterizedTest
    @CsvSource({
        "/web:80, web.marathon:80/tcp",
        "web:80, web.marathon:80/tcp",
        "/mygroup/myapp:5432, mygroupmyapp.marathon:5432/tcp",
        "api.hello-world:80, api.hello-world.marathon:80/tcp",
        "My_Web:65535, my-web.marathon:65535/tcp",
        "a:b:80, ab.marathon:80/tcp",
        "web:080, web.marathon:80/tcp",
        "11.0.0.5:80, 11.0.0.5:80/tcp",
        "fd01:c::1:80, fd01:c::1:80/tcp",
        "FD01:C:0::1:80, fd01:c::1:80/tcp",
        "[fd01:c::1]:80, fd01:c::1:80/tcp",
        "1.2.3:80, 1.2.3.marathon:80/tcp",
        "11.0.0.256:80, 11.0.0.256.marathon:80/tcp",
    })
    void aLabelIsSplitAtItsLastColon(String label, String vip) {
        assertThat(parse(label, "marathon", Set.of(Protocol.TCP))).isEqualTo(keys(vip));
    }

    @Test
    void aPortOfTwoProtocolsRequestsTwoVips() {
        assertThat(parse("web:53", "marathon", Running.protocols("udp,tcp")))
                .isEqualTo(keys("web.marathon:53/tcp", "web.marathon:53/udp"));
    }

    @ParameterizedTest
    @CsvSource({
        "Team.A/My_FW, web.team.amy-fw:80/tcp",
        "marathon, web.marathon:80/tcp",
    })
    void theFrameworkIsPartOfTheName(String framework, String vip) {
        assertThat(parse("web:80", framework, Set.of(Protocol.TCP))).isEqualTo(keys(vip));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "web",
                "/web:http",
                "web:",
                "web:-1",
                "web:+80",
                "web: 80",
                "web:80 ",
                "web:٨٠"
            })
    void aLabelWithoutPortIsRefused(String label) {
        assertThat(parse(label, "marathon", Set.of(Protocol.TCP)))
                .isEqualTo(
                        new VipLabel.Refused(
                                "VIP label \""
                                        + label
                                        + "\" is not name:port; this VIP is not created, others"
                                        + " are"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "web:0",
                "web:65536",
                "/bad4:99999",
                "web:99999999999999999999",
                "web:4294967376"
            })
    void aPortOutOfRangeIsRefused(String label) {
        assertThat(sentence(label, "marathon"))
                .isEqualTo(
                        "VIP label \""
                                + label
                                + "\" has a port that is not between 1 and 65535; this VIP is not"
                                + " created, others are");
    }

    @ParameterizedTest
    @ValueSource(strings = {":80", "/:80", "web.$:80", "$:80", "::80"})
    void aNameThatGivesNoDnsNameIsRefused(String label) {
        assertThat(sentence(label, "marathon"))
                .isEqualTo(
                        "VIP label \""
                                + label
                                + "\" has a name without letters and digits, or a part of one; this"
                                + " VIP is not created, others are");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:80",
                "0.0.0.0:80",
                "224.0.0.1:80",
                "255.255.255.255:80",
                ":::80",
                "::1:80",
                "ff02::1:80",
                "[::1]:80",
                "[::ffff:127.0.0.1]:80"
            })
    void loopbackAndUnspecifiedAddressesAreRefused(String label) {
        assertThat(sentence(label, "marathon")).contains("address, which cannot be shared");
    }

    @Test
    void aFrameworkWithoutDnsNameIsRefused() {
        assertThat(sentence("web:80", "$")).contains("framework \"$\"");
    }

    @Test
    void aNameThatReadsAsAnAddressIsRefused() {
        assertThat(sentence("1.2.3:80", "4")).contains("reads as an address");
    }

    @Test
    void aNameWithItsZoneMustFitInADnsName() {
        String label = ("a".repeat(63) + ".").repeat(3);

        assertThat(parse(label + "b".repeat(28) + ":80", "marathon", Set.of(Protocol.TCP)))
                .isInstanceOf(VipLabel.Keys.class);
        assertThat(sentence(label + "b".repeat(29) + ":80", "marathon")).contains("is too long");
    }

    @Property
    void anAcceptedLabelIsANameOrACanonicalLiteral(
            @ForAll("labels") String label, @ForAll("labels") String framework) {
        switch (parse(label, framework, Running.protocols("udp,tcp"))) {
            case VipLabel.Keys(var keys) -> {
                assertThat(keys).hasSize(2);
                keys.forEach(
                        key -> {
                            assertThat(label).containsPattern(":0*" + key.port() + "$");
                            if (key.literal().isPresent()) {
                                assertThat(key.name()).isEqualTo(key.literal().get().toString());
                            } else {
                                assertThat(io.meridian.domain.net.Labels.isName(key.name()))
                                        .isTrue();
                                assertThat(key.name().length())
                                        .isLessThanOrEqualTo(VipLabel.MAX_NAME);
                            }
                        });
            }
            case VipLabel.Refused(String sentence) -> assertThat(sentence).contains(label);
        }
    }

    private static VipLabel parse(String label, String framework, Set<Protocol> protocols) {
        return VipLabel.parse(label, framework, protocols, LiteralRules.anyAddress());
    }

    private static String sentence(String label, String framework) {
        return switch (parse(label, framework, Set.of(Protocol.TCP))) {
            case VipLabel.Keys keys -> throw new AssertionError("accepted: " + keys);
            case VipLabel.Refused(String sentence) -> sentence;
        };
    }

    private static VipLabel.Keys keys(String... texts) {
        TreeSet<VipKey> keys = new TreeSet<>();
        for (String text : texts) {
            int slash = text.lastIndexOf('/');
            int colon = text.lastIndexOf(':');
            keys.add(
                    new VipKey(
                            text.substring(0, colon),
                            Protocol.parse(text.substring(slash + 1)).orElseThrow(),
                            Integer.parseInt(text.substring(colon + 1, slash))));
        }
        return new VipLabel.Keys(keys);
    }

    @Provide
    Arbitrary<String> labels() {
        Arbitrary<String> left =
                Arbitraries.oneOf(
                        Arbitraries.strings().withChars("aZ09-_./: []é").ofMaxLength(70),
                        Arbitraries.of("10.0.0.1", "fd01::c", "[fd01::c]", "web", "1.2.3", "4"));
        return left.flatMap(
                name ->
                        Arbitraries.oneOf(
                                        Arbitraries.integers()
                                                .between(-1, 70_000)
                                                .map(Object::toString),
                                        Arbitraries.strings().withChars("08:a").ofMaxLength(3))
                                .map(port -> name + ":" + port));
    }
}
