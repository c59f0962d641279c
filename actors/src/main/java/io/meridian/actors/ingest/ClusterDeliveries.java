package io.meridian.actors.ingest;

import io.meridian.domain.mesos.ClusterClaim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Queue of observations of the Mesos cluster for its entity: in order, one message in flight, sent
 * again until acknowledged. A newer observation replaces a queued one of the same thing. A listing
 * is sent in parts, because a message must fit in one of Akka's frames.
 */
final class ClusterDeliveries {
    /** Observations in one message. */
    private static final int BATCH = 200;

    private static final String PRESENT = "present";

    private final boolean expected;
    private final SequencedMap<String, ClusterClaim> queued = new LinkedHashMap<>();
    private SequencedMap<String, ClusterClaim> inFlight = new LinkedHashMap<>();
    private boolean awaitsRetry;
    private boolean failing;
    private boolean listed;
    private long sequenceNumber;

    /**
     * @param expected whether the source describes a cluster; without one there is nothing to send
     */
    ClusterDeliveries(boolean expected) {
        this.expected = expected;
    }

    void add(ClusterClaim claim) {
        if (!expected) {
            return;
        }
        if (claim instanceof ClusterClaim.ClusterListed whole) {
            whole.agents().forEach(this::put);
            whole.frameworks().forEach(this::put);
            put(ClusterClaim.Present.of(whole));
        } else {
            put(claim);
        }
    }

    /**
     * The next message, which is then in flight; empty while another is, before a retry, or if none
     * is queued.
     */
    Optional<Effect> next() {
        if (!inFlight.isEmpty() || awaitsRetry || queued.isEmpty()) {
            return Optional.empty();
        }
        while (inFlight.size() < BATCH && !queued.isEmpty()) {
            Map.Entry<String, ClusterClaim> next = queued.pollFirstEntry();
            inFlight.put(next.getKey(), next.getValue());
        }
        return Optional.of(new Effect.ObserveCluster(new ArrayList<>(inFlight.values())));
    }

    void acknowledged(long lastSequenceNumber) {
        sequenceNumber = lastSequenceNumber;
        listed |= inFlight.containsKey(PRESENT);
        inFlight = new LinkedHashMap<>();
        failing = false;
    }

    /**
     * Puts the message in flight back before the queue, without what the queue has newer; the next
     * message waits for {@link #retry}.
     *
     * @return whether this is the first failure in a row
     */
    boolean notAcknowledged() {
        boolean firstFailure = !failing;
        failing = true;
        SequencedMap<String, ClusterClaim> newer = new LinkedHashMap<>(queued);
        queued.clear();
        queued.putAll(inFlight);
        inFlight = new LinkedHashMap<>();
        newer.forEach(this::putLast);
        awaitsRetry = true;
        return firstFailure;
    }

    void retry() {
        awaitsRetry = false;
    }

    /**
     * Whether a complete listing and all later observations are journalled, or none is expected.
     */
    boolean isListed() {
        return !expected || listed && queued.isEmpty() && inFlight.isEmpty();
    }

    boolean isExpected() {
        return expected;
    }

    /** The entity's last event as of the last acknowledgement; 0 if it has none. */
    long sequenceNumber() {
        return sequenceNumber;
    }

    int size() {
        return queued.size() + inFlight.size();
    }

    private void put(ClusterClaim claim) {
        putLast(
                switch (claim) {
                    case ClusterClaim.Masters _ -> "masters";
                    case ClusterClaim.AgentSeen seen -> "agent " + seen.id();
                    case ClusterClaim.AgentGone gone -> "agent " + gone.id();
                    case ClusterClaim.FrameworkSeen seen -> "framework " + seen.id();
                    case ClusterClaim.FrameworkGone gone -> "framework " + gone.id();
                    case ClusterClaim.ClusterListed _, ClusterClaim.Present _ -> PRESENT;
                },
                claim);
    }

    /** Moves a key to the end: the entity must apply the newest observation last. */
    private void putLast(String key, ClusterClaim claim) {
        queued.remove(key);
        queued.put(key, claim);
    }
}
