package io.meridian.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

class FeedSettingsTest {
    @Test
    void theDefaultsAreWithinTheirRanges() {
        FeedSettings settings = FeedSettings.from(ConfigFactory.load());
        assertThat(settings.server().longPollTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.server().partSize()).isEqualTo(128 * 1024);
        assertThat(settings.client().answerTimeout())
                .isGreaterThan(settings.server().longPollTimeout());
        assertThat(settings.nodes().reportInterval()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "server.long-poll-timeout, 2 m",
        "server.read-limit, 0",
        "server.part-size, 2 MiB",
        "client.answer-timeout, 5 s",
        "client.backoff-max, 50 ms",
        "client.max-save-duty, 0",
        "client.rollback-confirmations, 0",
        "nodes.forget-after, 0 s"
    })
    void aValueOutOfRangeIsRefusedWithKeyAndRange(String key, String value) {
        Config config =
                ConfigFactory.parseString("meridian.feed." + key + " = " + value)
                        .withFallback(ConfigFactory.load());
        assertThatThrownBy(() -> FeedSettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("meridian.feed." + key)
                .hasMessageContaining("must be between")
                .hasMessageContaining("was ");
    }
}
