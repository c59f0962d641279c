package io.meridian.controlplane.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

class CompatSettingsTest {
    @Test
    void bothAreOffUnlessTheyAreAskedFor() {
        assertThat(read(Map.of()))
                .isEqualTo(new CompatSettings(Optional.empty(), true, Optional.empty()));
    }

    @Test
    void bothListenAtTheConfiguredAddress() {
        assertThat(
                        read(
                                Map.of(
                                        "compat.mesos-dns.listen",
                                        "0.0.0.0:8123",
                                        "compat.mesos-dns.enumeration",
                                        "false",
                                        "compat.dcos-net.listen",
                                        "[::1]:62080")))
                .isEqualTo(
                        new CompatSettings(
                                Optional.of(new InetSocketAddress("0.0.0.0", 8123)),
                                false,
                                Optional.of(new InetSocketAddress("::1", 62080))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "compat.mesos-dns.listen=8123 | - | address:port",
                "compat.dcos-net.listen=localhost:62080 | - | address:port",
                "compat.dcos-net.listen=127.0.0.1:99999 | - | port 0 to 65535",
                "compat.mesos-dns.listen=127.0.0.1:8181 | - | than meridian.http.listen",
                "compat.mesos-dns.listen=0.0.0.0:8181 | - | than meridian.http.listen",
                "compat.dcos-net.listen=127.0.0.1:8181 | - | than meridian.http.listen",
                "compat.dcos-net.listen=127.0.0.1:9 | compat.mesos-dns.listen=127.0.0.1:9 |"
                        + " than meridian.compat.mesos-dns.listen",
                "compat.mesos-dns.enumeration=perhaps | - | true or false"
            })
    void anInvalidValueIsRefusedWithKeyRangeAndValue(String one, String other, String words) {
        Map<String, String> settings = new HashMap<>();
        settings.put(one.split("=", 2)[0], one.split("=", 2)[1]);
        if (other != null) {
            settings.put(other.split("=", 2)[0], other.split("=", 2)[1]);
        }

        assertThatThrownBy(() -> read(settings))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("meridian." + one.split("=", 2)[0])
                .hasMessageContaining(one.split("=", 2)[1])
                .hasMessageContaining(words);
    }

    @Test
    void freePortsNeverClash() {
        assertThat(
                        read(Map.of(
                                        "http.listen",
                                        "127.0.0.1:0",
                                        "compat.mesos-dns.listen",
                                        "127.0.0.1:0",
                                        "compat.dcos-net.listen",
                                        "127.0.0.1:0"))
                                .dcosNet())
                .isPresent();
    }

    private static CompatSettings read(Map<String, String> settings) {
        return Configuration.load(Optional.empty(), settings).read(CompatSettings::from);
    }
}
