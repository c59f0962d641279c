package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.AddressPrefix;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class LiteralRulesTest {
    private static final List<AddressRange> RANGES =
            List.of(
                    AddressRange.parse("11.0.0.0-11.255.255.255").orElseThrow(),
                    AddressRange.parse("fd01:c::-fd01:c::ffff").orElseThrow());

    private static final LiteralRules RULES =
            new LiteralRules(
                    RANGES,
                    List.of(network("10.9.0.0/16"), network("169.254.0.0/16"), network("::/0")),
                    new TreeMap<>(
                            Map.of(
                                    ip("10.9.0.2"), "the database",
                                    ip("2001:db8::1"), "node a",
                                    ip("10.8.0.1"), "node b")));

    @ParameterizedTest
    @CsvSource({
        "11.0.0.5, ''",
        "11.255.255.255, ''",
        "12.0.0.0, 'has an address outside vip.range, vip.range6 and vip.literals'",
        "fd01:c::5, ''",
        "2001:db8::2, ''",
        "10.9.0.1, ''",
        "10.10.0.1, 'has an address outside vip.range, vip.range6 and vip.literals'",
        "10.9.0.2, 'has the address of the database, from which it would take all traffic'",
        "2001:db8::1, 'has the address of node a, from which it would take all traffic'",
        "169.254.169.254, 'has a link-local address, which cannot be shared'",
        "fe80::1, 'has a link-local address, which cannot be shared'",
        "127.0.0.1, 'has a loopback address, which cannot be shared'",
        "::1, 'has a loopback address, which cannot be shared'",
        "0.0.0.0, 'has an unspecified address, which cannot be shared'",
        "::, 'has an unspecified address, which cannot be shared'",
        "224.0.0.1, 'has a multicast address, which cannot be shared'",
        "ff02::1, 'has a multicast address, which cannot be shared'",
        "255.255.255.255, 'has a reserved or broadcast address, which cannot be shared'",
    })
    void anAddressIsRefusedForItsKindItsNetworkOrItsMachine(String address, String why) {
        assertThat(RULES.refusal(ip(address)).orElse("")).isEqualTo(why);
    }

    /** Masters with different own addresses then have equal rules, and build no rows again. */
    @Test
    void machinesOutsideTheAllowedNetworksAreNoPartOfTheRules() {
        assertThat(RULES.machines()).containsOnlyKeys(ip("10.9.0.2"), ip("2001:db8::1"));
    }

    private static AddressPrefix network(String text) {
        return AddressPrefix.parse(text).orElseThrow();
    }

    private static IpAddress ip(String text) {
        return IpAddress.literal(text);
    }
}
