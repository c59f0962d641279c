package io.meridian.controlplane.node;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the last readiness of this node for metrics, and logs each condition that lasts once when
 * it begins and once when it ends. Any thread.
 */
final class HealthWatch {
    private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);

    /** An ingest that journals a large listing answers late now and then: no news for the log. */
    private static final Duration LASTING = Duration.ofSeconds(5);

    private final Map<String, Instant> since = new HashMap<>();
    private volatile @Nullable NodeReadiness last;
    private Conditions conditions = Conditions.NONE;

    synchronized void update(NodeReadiness now) {
        Conditions next = now.conditions().lasting(since, now.now(), LASTING);
        for (Conditions.Transition change : next.since(conditions)) {
            if (change.begins()) {
                LOG.warn(
                        "node is degraded: condition={}: {}; see /health/ready",
                        change.name(),
                        change.sentence());
            } else {
                LOG.info("node is no longer degraded: condition={}", change.name());
            }
        }
        conditions = next;
        last = now;
    }

    /** The last update; empty before the first. */
    Optional<NodeReadiness> last() {
        return Optional.ofNullable(last);
    }
}
