package io.meridian.sources.http;

import io.meridian.domain.time.Backoff;

import java.time.Duration;

/**
 * When a lost or refused connection is tried again; keys under {@code backoff}.
 *
 * @param resetAfter a connection that lasted this long resets the backoff
 */
public record ReconnectSettings(Backoff backoff, Duration resetAfter) {
    static ReconnectSettings from(SettingsReader in) {
        Duration min = in.duration("backoff.min", Duration.ofMillis(10), Duration.ofMinutes(10));
        return new ReconnectSettings(
                new Backoff(min, in.duration("backoff.max", min, Duration.ofHours(1))),
                in.duration("backoff.reset-after", Duration.ZERO, Duration.ofHours(24)));
    }
}
