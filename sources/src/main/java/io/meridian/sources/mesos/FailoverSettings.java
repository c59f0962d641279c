package io.meridian.sources.mesos;

import io.meridian.sources.http.SettingsReader;

import java.time.Duration;

/**
 * How long absence from a new leader's state proves nothing; keys under {@code failover}.
 *
 * @param reregisterTimeout longest time that agents may take to reregister with a new leader
 * @param quietPeriod wait for tasks after the last agent has reregistered
 */
record FailoverSettings(Duration reregisterTimeout, Duration quietPeriod) {
    static FailoverSettings from(SettingsReader in) {
        return new FailoverSettings(
                in.duration("failover.reregister-timeout", Duration.ZERO, Duration.ofHours(24)),
                in.duration("failover.quiet-period", Duration.ZERO, Duration.ofHours(1)));
    }
}
