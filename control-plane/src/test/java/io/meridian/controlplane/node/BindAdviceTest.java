package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindAdviceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Address already in use | another program has the port",
                "Address already in use (Bind failed) | systemd-resolved",
                "Cannot assign requested address | no interface of this host has the address",
                "Permission denied | CAP_NET_BIND_SERVICE",
                "Too many open files | see meridian.dns.listen"
            })
    void eachCauseHasItsOwnAdvice(String message, String advice) {
        assertThat(BindAdvice.of(message)).contains(advice);
    }
}
