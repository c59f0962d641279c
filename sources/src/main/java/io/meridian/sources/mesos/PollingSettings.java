package io.meridian.sources.mesos;

import io.meridian.sources.http.SettingsReader;

import java.time.Duration;

/**
 * How a master without event stream is polled; keys under {@code polling}.
 *
 * @param interval between two reads of the whole state
 * @param maxSize bytes of one response after decompression
 */
record PollingSettings(Duration interval, long maxSize) {
    static PollingSettings from(SettingsReader in) {
        return new PollingSettings(
                in.duration("polling.interval", Duration.ofSeconds(30), Duration.ofHours(24)),
                in.bytesInHeap("polling.max-size", 1 << 10, Integer.MAX_VALUE - 8));
    }
}
