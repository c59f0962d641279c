package io.meridian.domain.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPrefixTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.255, true",
        "192.0.2.0/24, 192.0.3.0, false",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.200, true",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, ::1, false",
        "::/0, ::1, true",
        "::/0, 192.0.2.1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "2001:db8::1, 2001:db8::1, true",
        "128.0.0.0/1, 129.0.0.0, true",
        "128.0.0.0/1, 127.0.0.1, false",
    })
    void contains(String prefix, String address, boolean expected) {
        AddressPrefix parsed = AddressPrefix.parse(prefix).orElseThrow();
        assertThat(parsed.contains(IpAddress.literal(address))).isEqualTo(expected);
        assertThat(AddressPrefix.parse(parsed.toString())).contains(parsed);
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.77, 24, 203.0.113.0/24",
        "203.0.113.77, 26, 203.0.113.64/26",
        "203.0.113.77, 32, 203.0.113.77/32",
        "203.0.113.77, 0, 0.0.0.0/0",
        "2001:db8:ffff::1, 33, 2001:db8:8000::/33",
        "fe80::1, 64, fe80::/64",
    })
    void around(String address, int length, String expected) {
        AddressPrefix prefix = AddressPrefix.around(IpAddress.literal(address), length);
        assertThat(prefix).hasToString(expected);
        assertThat(prefix.contains(IpAddress.literal(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/8 ",
                "10.0.0.0/1000",
                "10.0.0.1/8",
                "2001:db8::1/64",
                "::/129",
                "example.org/8"
            })
    void invalidPrefixesAreRefused(String text) {
        assertThat(AddressPrefix.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 8", "10.0.0.0, 33", "10.0.0.0, -1"})
    void anInvalidPrefixIsRefused(String base, int length) {
        assertThatThrownBy(() -> new AddressPrefix(IpAddress.literal(base), length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(base + "/" + length);
    }
}
