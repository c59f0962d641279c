package io.meridian.sources.http;

import java.time.Duration;

/**
 * How host names are resolved; keys under {@code agents}.
 *
 * @param ttl how long the source uses a resolved address before the next lookup
 * @param failedTtl time between a failed lookup and the next
 * @param timeout longest time for one lookup
 */
public record LookupSettings(Duration ttl, Duration failedTtl, Duration timeout) {
    /**
     * @throws BadSettingException for a value of a wrong type or out of its range
     */
    public static LookupSettings from(SettingsReader in) {
        Duration shortest = Duration.ofMillis(10);
        return new LookupSettings(
                in.duration("agents.ttl", shortest, Duration.ofHours(24)),
                in.duration("agents.failed-ttl", shortest, Duration.ofHours(24)),
                in.duration("agents.timeout", shortest, Duration.ofMinutes(5)));
    }
}
