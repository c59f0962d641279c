package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class RejoinTimeoutTest {
    private final RejoinTimeout patience = new RejoinTimeout(Duration.ofSeconds(40));

    @Test
    void doublesUpToSixteenTimes() {
        assertThat(patience.after(0, 0.5)).isEqualTo(Duration.ofSeconds(40));
        assertThat(patience.after(1, 0.5)).isEqualTo(Duration.ofSeconds(80));
        assertThat(patience.after(4, 0.5)).isEqualTo(Duration.ofSeconds(640));
        assertThat(patience.after(1000, 0.5)).isEqualTo(Duration.ofSeconds(640));
    }

    @Test
    void differsByAQuarter() {
        assertThat(patience.after(0, 0)).isEqualTo(Duration.ofSeconds(30));
        assertThat(patience.after(0, 0.9999))
                .isBetween(Duration.ofSeconds(49), Duration.ofSeconds(50));
    }
}
