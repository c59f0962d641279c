package io.meridian.dns.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.wire.DnsName;
import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Optional;

class TransferRuleTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.1.2.3, '', true",
        "10.0.0.0/8, 10.1.2.3, a, true",
        "10.0.0.0/8, 11.1.2.3, a, false",
        "10.0.0.0/8, ::1, '', false",
        "key a, 10.1.2.3, a, true",
        "key A., 10.1.2.3, a, true",
        "key a, 10.1.2.3, b, false",
        "key a, 10.1.2.3, '', false",
        "10.0.0.0/8 key a, 10.1.2.3, a, true",
        "10.0.0.0/8  key  a, 10.1.2.3, a, true",
        "10.0.0.0/8 key a, 11.1.2.3, a, false",
        "10.0.0.0/8 key a, 10.1.2.3, b, false",
        "10.0.0.0/8 key a, 10.1.2.3, '', false",
    })
    void allows(String rule, String client, String key, boolean expected) {
        Optional<TsigKey> signedWith =
                DnsName.parse(key)
                        .map(name -> new TsigKey(name, TsigAlgorithm.HMAC_SHA256, new byte[16]));
        assertThat(
                        TransferRule.parse(rule)
                                .orElseThrow()
                                .allows(IpAddress.literal(client), signedWith))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "key",
                "key ",
                "keys a",
                "10.0.0.0/8 a",
                "10.0.0.0/8 key",
                "10.0.0.0/8 10.0.0.0/8 key a",
                "key a key b",
                "10.0.0.1/8",
                "a"
            })
    void aMalformedRuleIsRefused(String text) {
        assertThat(TransferRule.parse(text)).isEmpty();
    }
}
