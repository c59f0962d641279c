package io.meridian.actors.ingest;

import io.meridian.domain.service.MissingInstance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Queues of what the entities must be sent: observations of a service in order and one at a time,
 * then queries for states. The number in flight is bounded over all services.
 */
final class Deliveries {
    /** Failures in a row, while other entities acknowledged, after which a service is stuck. */
    static final int STUCK_AFTER = 3;

    private final int maxInFlight;
    private final Map<ServiceId, Inbox> inboxes = new HashMap<>();
    private final SequencedSet<ServiceId> ready = new LinkedHashSet<>();
    private final SequencedMap<ServiceId, StateQuery> queries = new LinkedHashMap<>();
    private final Map<ServiceId, Long> acknowledgedWhenSent = new HashMap<>();
    private final SortedMap<ServiceId, Integer> failures = new TreeMap<>();
    private int inFlight;
    private long acknowledged;

    Deliveries(int maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    void add(Delivery delivery) {
        inboxes.computeIfAbsent(delivery.service(), _ -> new Inbox()).add(delivery);
        ready.add(delivery.service());
    }

    /** Queues a query; it replaces a queued one about the same service. */
    void add(StateQuery query) {
        queries.put(query.service(), query);
    }

    /**
     * The next message to send, which is then in flight; empty at the bound or if none is ready.
     * {@link #acknowledged}, {@link #notAcknowledged} or {@link #queryEnded} must follow.
     */
    Optional<Effect> next() {
        while (inFlight < maxInFlight && !ready.isEmpty()) {
            ServiceId service = ready.removeFirst();
            Inbox inbox = inboxes.get(service);
            Optional<Delivery> delivery = inbox == null ? Optional.empty() : inbox.take();
            if (delivery.isPresent()) {
                inFlight++;
                acknowledgedWhenSent.put(service, acknowledged);
                return Optional.of(delivery.get());
            }
        }
        if (inFlight < maxInFlight && !queries.isEmpty()) {
            inFlight++;
            return Optional.of(queries.pollFirstEntry().getValue());
        }
        return Optional.empty();
    }

    /** A query in flight was answered or failed. */
    void queryEnded() {
        inFlight--;
    }

    /**
     * The service's delivery in flight is acknowledged.
     *
     * @param missing live tasks that the delivery lacks, if the delivery is a listing
     * @return those of them without a sign of life since the delivery was queued
     */
    SortedMap<TaskId, MissingInstance> acknowledged(
            ServiceId service, SortedMap<TaskId, MissingInstance> missing) {
        inFlight--;
        acknowledged++;
        failures.remove(service);
        acknowledgedWhenSent.remove(service);
        Inbox inbox = inboxOf(service);
        SortedMap<TaskId, MissingInstance> silent = inbox.acknowledged(missing);
        if (inbox.isReady()) {
            ready.add(service);
        } else if (inbox.isIdle()) {
            inboxes.remove(service);
        }
        return silent;
    }

    /**
     * The delivery in flight waits for {@link #retry}. The failure counts against the service only
     * if another entity has acknowledged since it was sent.
     */
    void notAcknowledged(ServiceId service) {
        inFlight--;
        inboxOf(service).notAcknowledged();
        ready.remove(service);
        if (acknowledged > acknowledgedWhenSent.getOrDefault(service, 0L)) {
            failures.merge(service, 1, Integer::sum);
        }
    }

    void retry() {
        inboxes.forEach(
                (service, inbox) -> {
                    if (inbox.isReady()) {
                        ready.add(service);
                    }
                });
    }

    /** Whether nothing of the service is queued or in flight. */
    boolean isIdle(ServiceId service) {
        return !inboxes.containsKey(service);
    }

    /** Services whose entity does not acknowledge although others do. */
    SortedSet<ServiceId> stuck() {
        SortedSet<ServiceId> stuck = new TreeSet<>();
        failures.forEach(
                (service, times) -> {
                    if (times >= STUCK_AFTER) {
                        stuck.add(service);
                    }
                });
        return stuck;
    }

    int queued() {
        return inboxes.values().stream().mapToInt(Inbox::size).sum() + queries.size();
    }

    int inFlight() {
        return inFlight;
    }

    private Inbox inboxOf(ServiceId service) {
        Inbox inbox = inboxes.get(service);
        if (inbox == null) {
            throw new IllegalStateException("no delivery to " + service + " is in flight");
        }
        return inbox;
    }
}
