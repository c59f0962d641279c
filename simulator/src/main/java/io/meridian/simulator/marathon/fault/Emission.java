package io.meridian.simulator.marathon.fault;

import io.meridian.simulator.marathon.EventFrame;

import java.time.Duration;

/**
 * An event as sent to the consumers, after faults.
 *
 * @param frame the bytes to send, perhaps only the first part of the event
 * @param delay zero = at once
 */
public record Emission(EventFrame frame, Duration delay, Ending ending) {
    static Emission plain(EventFrame frame) {
        return new Emission(frame, Duration.ZERO, Ending.GO_ON);
    }
}
