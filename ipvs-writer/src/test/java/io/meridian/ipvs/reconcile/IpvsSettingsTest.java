package io.meridian.ipvs.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;

import io.meridian.ipvs.Samples;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.Duration;

class IpvsSettingsTest {
    @Test
    void theDefaultsAreThoseOfDcos() {
        IpvsSettings settings = IpvsSettings.from(ConfigFactory.load());

        assertThat(settings.kind()).isEqualTo(IpvsSettings.Kind.DRY_RUN);
        assertThat(settings.interfaceName()).isEqualTo("minuteman");
        assertThat(settings.auditInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.backoff().min()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.backoff().max()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.receiveBufferBytes()).isEqualTo(1 << 20);
        assertThat(settings.host().enabled()).isTrue();
        assertThat(settings.host().skipPortMapping()).isTrue();
        assertThat(settings.host().iptables()).isEqualTo("iptables");
        assertThat(settings.cniDirectory()).contains(Path.of("/var/run/dcos/cni/l4lb"));
        assertThat(settings.ownership().inRange(Samples.ip("11.255.255.255"))).isTrue();
        assertThat(settings.ownership().inRange(Samples.ip("12.0.0.0"))).isFalse();
        assertThat(settings.ownership().inRange(Samples.ip("fd01:c::1"))).isTrue();
        assertThat(settings.ownership().inRange(Samples.ip("fd01:c:0:1::"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dataplane.kind = iptables | setting meridian.dataplane.kind must be dry-run or"
                        + " ipvs: was iptables",
                "dataplane.interface = a/b | setting meridian.dataplane.interface must be 1 to 15"
                        + " printable characters without / and :: was a/b",
                "dataplane.audit-interval = 90m | setting meridian.dataplane.audit-interval must be"
                        + " between 1 s and 3600 s: was 90m",
                "dataplane.audit-interval = soon | setting meridian.dataplane.audit-interval must"
                        + " be a duration between 1 s and 3600 s",
                "dataplane.retry.max-backoff = 500ms | setting meridian.dataplane.retry.max-backoff"
                        + " must be between 1 s and 3600 s: was 500ms",
                "dataplane.receive-buffer = 1KiB | setting meridian.dataplane.receive-buffer must"
                        + " be between 64 KiB and 64 MiB: was 1KiB",
                "dataplane.host-setup = perhaps | setting meridian.dataplane.host-setup must be"
                        + " true or false",
                "dataplane.cni-directory = cni | setting meridian.dataplane.cni-directory must be"
                        + " an absolute path, or empty: was cni",
                "vip.range = 11.0.0.0/8 | setting meridian.vip.range must be FIRST-LAST, two IPv4"
                        + " addresses in order: was 11.0.0.0/8",
                "vip.range6 = 11.0.0.0-11.0.0.9 | setting meridian.vip.range6 must be FIRST-LAST,"
                        + " two IPv6 addresses in order: was 11.0.0.0-11.0.0.9"
            })
    void aRefusalNamesKeyRangeAndValue(String line, String message) {
        String quoted = line.replaceFirst("= (.*)", "= \"$1\"");

        assertThatThrownBy(
                        () ->
                                IpvsSettings.from(
                                        ConfigFactory.parseString("meridian." + quoted)
                                                .withFallback(ConfigFactory.load())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
