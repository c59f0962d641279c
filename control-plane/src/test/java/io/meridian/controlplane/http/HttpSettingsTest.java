package io.meridian.controlplane.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.config.ConfigurationException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class HttpSettingsTest {
    @Test
    void theDefaultsBoundWhatStrangersTake() {
        assertThat(read(Map.of()))
                .isEqualTo(new HttpSettings(1024, 128, Duration.ofSeconds(10), 32, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "max-connections, 9, between 10 and 100000",
        "max-connections-per-client, 0, between 1 and 100000",
        "events.max-clients, -1, between 0 and 10000",
        "idle-timeout, 999 ms, between 1 s and 10 m"
    })
    void aValueOutOfRangeIsRefused(String key, String value, String range) {
        assertThatThrownBy(() -> read(Map.of("http." + key, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "setting meridian.http." + key + " must be " + range + ": was " + value);
    }

    private static HttpSettings read(Map<String, String> settings) {
        return Configuration.load(Optional.empty(), settings).read(HttpSettings::from);
    }
}
