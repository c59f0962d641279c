package io.meridian.sources.marathon;

import io.meridian.sources.http.SettingsReader;

import java.time.Duration;

/**
 * When single services are read again; keys under {@code reread}.
 *
 * @param debounce quiet time without events of a service before the source reads the service
 * @param longestDebounce upper limit of that wait while events continue
 * @param inFlight number of single reads at a time
 * @param listingThreshold with more services due than this, one full listing is read instead
 */
record RereadSettings(
        Duration debounce, Duration longestDebounce, int inFlight, int listingThreshold) {
    static RereadSettings from(SettingsReader in) {
        Duration debounce = in.duration("reread.debounce", Duration.ZERO, Duration.ofMinutes(1));
        return new RereadSettings(
                debounce,
                in.duration("reread.longest-debounce", debounce, Duration.ofMinutes(10)),
                (int) in.number("reread.in-flight", 1, 64),
                (int) in.number("reread.listing-threshold", 1, 100_000));
    }
}
