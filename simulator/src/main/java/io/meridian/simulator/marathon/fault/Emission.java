package io.meridian.simulator.marathon.fault;

import io.meridian.simulator.marathon.EventFrame;

import java.time.Duration;

/**
 * What becomes of an event on its way to the consumers.
 *
 * @param frame as it goes out, perhaps only its first part
 * @param delay zero = at once
 */
public record Emission(EventFrame frame, Duration delay, Ending ending) {
    static Emission plain(EventFrame frame) {
        return new Emission(frame, Duration.ZERO, Ending.GO_ON);
    }
}
