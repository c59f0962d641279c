package io.meridian.controlplane.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

class ReachabilitySettingsTest {
    @Test
    void theDefaultsFollowTheCluster() {
        assertThat(ReachabilitySettings.from(ConfigFactory.load()))
                .isEqualTo(new ReachabilitySettings(true, Duration.ofMinutes(10)));
    }

    @Test
    void bothKeysAreRead() {
        assertThat(ReachabilitySettings.from(with("enabled = false, forget-after = 0 s")))
                .isEqualTo(new ReachabilitySettings(false, Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({
        "forget-after = -1 s, cluster.reachability.forget-after, -1 s",
        "forget-after = 25 h, cluster.reachability.forget-after, 25 h",
    })
    void aWrongValueIsNamed(String text, String key, String value) {
        Config config = with(text);

        assertThatThrownBy(() -> ReachabilitySettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("meridian." + key)
                .hasMessageEndingWith("was " + value);
    }

    private static Config with(String text) {
        return ConfigFactory.parseString("meridian.cluster.reachability { " + text + " }")
                .withFallback(ConfigFactory.load());
    }
}
