package io.meridian.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.net.Labels.HostNameRule;
import io.meridian.domain.zone.IpSource;
import io.meridian.domain.zone.MesosDnsRules;
import io.meridian.domain.zone.NamingRules;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.TreeSet;

class NamingSettingsTest {
    @Test
    void theDefaultsEqualTheDefaultRules() {
        assertThat(NamingSettings.from(ConfigFactory.load(), "mesos"))
                .isEqualTo(NamingRules.of("mesos"));
    }

    @Test
    void everyKeyIsRead() {
        Config config =
                config(
                        """
                        meridian.dns { ip-sources = [host, docker], enforce-rfc952 = true, srv-weight = 7 }
                        meridian.zones {
                          dcos-names = false, task-text = false, reverse = false
                          health-gated = ["A.Example.", dcos.thisdcos.directory]
                        }
                        """);

        assertThat(NamingSettings.from(config, "a.example"))
                .isEqualTo(
                        new NamingRules(
                                new MesosDnsRules(
                                        "a.example",
                                        List.of(IpSource.HOST, IpSource.DOCKER),
                                        HostNameRule.RFC952,
                                        7),
                                false,
                                false,
                                false,
                                new TreeSet<>(List.of("a.example", "dcos.thisdcos.directory"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "meridian.dns.ip-sources = [] | meridian.dns.ip-sources | []",
                "meridian.dns.ip-sources = [host, moon] | meridian.dns.ip-sources | moon",
                "meridian.dns.ip-sources = [host, host] | meridian.dns.ip-sources | [host, host]",
                "meridian.dns.srv-weight = -1 | meridian.dns.srv-weight | -1",
                "meridian.dns.srv-weight = 65536 | meridian.dns.srv-weight | 65536",
                "meridian.zones.health-gated = [moon] | meridian.zones.health-gated | moon",
                "meridian.zones.health-gated = [l4lb.thisdcos.directory] |"
                        + " meridian.zones.health-gated | l4lb",
            })
    void aRefusalNamesKeyAndValue(String text, String key, String value) {
        assertThatThrownBy(() -> NamingSettings.from(config(text), "mesos"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("setting " + key + " must be ")
                .hasMessageContaining("was " + value);
    }

    private static Config config(String text) {
        return ConfigFactory.parseString(text).withFallback(ConfigFactory.load());
    }
}
