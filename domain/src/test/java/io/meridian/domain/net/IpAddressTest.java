package io.meridian.domain.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.stream.Stream;

class IpAddressTest {
    /** RFC 5952 sections 1 to 5, and forms that RFC 4291 2.2 allows. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8::1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8::0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8:0:0:1::1, 2001:db8::1:0:0:1",
        "2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
        "2001:db8:0:0:0::1, 2001:db8::1",
        "2001:db8::0:1, 2001:db8::1",
        "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::FFFF:c000:201, 192.0.2.1",
        "fd01:c::6d6d:9c64:fd19:f251, fd01:c::6d6d:9c64:fd19:f251",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
    })
    void anAddressIsWrittenInItsOneForm(String text, String canonical) {
        assertThat(IpAddress.parse(text)).map(IpAddress::toString).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                ":",
                ":::",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "256.1.1.1",
                "1.2.3.04",
                "01.2.3.4",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1.2.3.-4",
                "+1.2.3.4",
                "0x1.2.3.4",
                "1.2.3.4/32",
                "١.٢.٣.٤",
                "localhost",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "::1::",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:",
                "12345::",
                "g::",
                "::1%eth0",
                "[::1]",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "::1.2.3",
                "::1.2.3.256",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1:2:3:4:5:6:7:8",
                "::-1",
                "::+1",
                "fe80::1/64",
                "10.0.4.300"
            })
    void textOtherThanALiteralIsNoAddress(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpAddress.literal(text))
                .withMessageContaining(text);
    }

    @Test
    void addressesHave4Or16Bytes() {
        for (int length : List.of(0, 3, 5, 15, 17)) {
            assertThatIllegalArgumentException().isThrownBy(() -> IpAddress.of(new byte[length]));
        }
    }

    @Test
    void noCallerCanChangeAnAddress() {
        byte[] bytes = {1, 2, 3, 4};
        IpAddress address = IpAddress.of(bytes);
        bytes[0] = 9;
        address.bytes()[1] = 9;

        assertThat(address).hasToString("1.2.3.4");
    }

    @Test
    void ipv4ComesBeforeIpv6AndThenNumbersDecide() {
        List<String> sorted =
                Stream.of("fe80::1", "::1", "200.0.0.1", "10.0.0.2", "10.0.0.10", "9.255.255.255")
                        .map(IpAddress::literal)
                        .sorted()
                        .map(IpAddress::toString)
                        .toList();

        assertThat(sorted)
                .containsExactly(
                        "9.255.255.255", "10.0.0.2", "10.0.0.10", "200.0.0.1", "::1", "fe80::1");
    }
}
