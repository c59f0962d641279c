package io.meridian.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

class FeedSettingsTest {
    @Test
    void theDefaultsAreWithinTheirRanges() {
        FeedSettings settings = FeedSettings.from(ConfigFactory.load());
        assertThat(settings.server().pollHold()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.server().partSize()).isEqualTo(128 * 1024);
        assertThat(settings.client().answerTimeout()).isGreaterThan(settings.server().pollHold());
        assertThat(settings.nodes().reportInterval()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "server.poll-hold, 2 m",
        "server.read-limit, 0",
        "server.part-size, 2 MiB",
        "client.answer-timeout, 5 s",
        "client.backoff-max, 50 ms",
        "client.save-share, 0",
        "client.patience, 0",
        "nodes.forget-after, 0 s"
    })
    void aValueOutOfRangeIsRefusedWithKeyRangeAndPlace(String key, String value) {
        Config config =
                ConfigFactory.parseString("meridian.feed." + key + " = " + value)
                        .withFallback(ConfigFactory.load());
        assertThatThrownBy(() -> FeedSettings.from(config))
                .isInstanceOf(ConfigException.BadValue.class)
                .hasMessageContaining("meridian.feed." + key)
                .hasMessageContaining("must be between")
                .hasMessageContaining("was ");
    }

    @Test
    void pausesDoubleUpToTheLongestAndLoseUpToHalf() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));
        assertThat(backoff.after(1, 0)).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.after(3, 0)).isEqualTo(Duration.ofMillis(400));
        assertThat(backoff.after(3, 0.999))
                .isBetween(Duration.ofMillis(200), Duration.ofMillis(201));
        assertThat(backoff.after(1_000_000, 0)).isEqualTo(Duration.ofSeconds(1));
    }
}
