package io.meridian.actors.ingest;

import io.meridian.domain.service.MissingInstance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.time.Backoff;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Queues of what the entities must be sent: observations of a service in order and one at a time,
 * then queries for states. The number in flight is bounded over all services. Services whose last
 * delivery failed come after all others. A service whose entity fails while others acknowledge
 * waits with backoff, and all such services share an eighth of the places.
 */
final class Deliveries {
    /** Failures in a row, while other entities acknowledged, after which a service is stuck. */
    static final int STUCK_AFTER = 3;

    /** Divisor of the places for services that fail while others acknowledge. */
    private static final int BOUNDED_SHARE = 8;

    private static final Backoff BACKOFF = new Backoff(IngestCore.RETRY, Duration.ofSeconds(60));

    private final int maxInFlight;
    private final Map<ServiceId, Inbox> inboxes = new HashMap<>();
    private final SequencedSet<ServiceId> ready = new LinkedHashSet<>();
    private final SequencedSet<ServiceId> readyAgain = new LinkedHashSet<>();
    private final SequencedMap<ServiceId, StateQuery> queries = new LinkedHashMap<>();
    private final Map<ServiceId, Sent> sent = new HashMap<>();
    private final SortedMap<ServiceId, Failures> failures = new TreeMap<>();
    private int queriesInFlight;
    private int boundedInFlight;
    private long acknowledged;

    /**
     * A delivery in flight.
     *
     * @param acknowledged number of acknowledgements of all services when it was sent
     * @param bounded whether it is one of those that share an eighth of the places
     */
    private record Sent(long acknowledged, boolean bounded) {}

    /**
     * Failures in a row of a service.
     *
     * @param own failures while other services acknowledged; the others are the journal's
     * @param until when the next attempt is due
     */
    private record Failures(int own, Instant until) {}

    Deliveries(int maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    void add(Delivery delivery) {
        ServiceId service = delivery.service();
        inboxes.computeIfAbsent(service, _ -> new Inbox()).add(delivery);
        if (!failures.containsKey(service)) { // else it waits for retry
            ready.add(service);
        }
    }

    /** Queues a query; it replaces a queued one about the same service. */
    void add(StateQuery query) {
        queries.put(query.service(), query);
    }

    /**
     * The next message to send, which is then in flight; empty at the bound or if none is ready.
     * {@link #acknowledged}, {@link #notAcknowledged}, {@link #refused} or {@link #queryEnded} must
     * follow.
     */
    Optional<Effect> next() {
        if (inFlight() >= maxInFlight) {
            return Optional.empty();
        }
        Optional<Effect> delivery = takeFirst(ready).or(() -> takeFirst(readyAgain));
        if (delivery.isEmpty() && !queries.isEmpty()) {
            queriesInFlight++;
            return Optional.of(queries.pollFirstEntry().getValue());
        }
        return delivery;
    }

    private Optional<Effect> takeFirst(SequencedSet<ServiceId> from) {
        for (Iterator<ServiceId> services = from.iterator(); services.hasNext(); ) {
            ServiceId service = services.next();
            boolean bounded = ownFailures(service) > 0;
            if (!bounded || boundedInFlight < Math.max(1, maxInFlight / BOUNDED_SHARE)) {
                services.remove();
                Inbox inbox = inboxes.get(service);
                Optional<Delivery> delivery = inbox == null ? Optional.empty() : inbox.take();
                if (delivery.isPresent()) {
                    sent.put(service, new Sent(acknowledged, bounded));
                    boundedInFlight += bounded ? 1 : 0;
                    return Optional.of(delivery.get());
                }
            }
        }
        return Optional.empty();
    }

    private int ownFailures(ServiceId service) {
        Failures known = failures.get(service);
        return known == null ? 0 : known.own();
    }

    /** A query in flight was answered or failed. */
    void queryEnded() {
        queriesInFlight--;
    }

    /**
     * The service's delivery in flight is acknowledged.
     *
     * @param missing live tasks that the delivery lacks, if the delivery is a listing
     * @return those of them without a sign of life since the delivery was queued
     */
    SortedMap<TaskId, MissingInstance> acknowledged(
            ServiceId service, SortedMap<TaskId, MissingInstance> missing) {
        landed(service);
        acknowledged++;
        Inbox inbox = inboxOf(service);
        SortedMap<TaskId, MissingInstance> silent = inbox.acknowledged(missing);
        settle(service, inbox);
        return silent;
    }

    /** The service's delivery in flight is given up; later ones are sent. */
    void refused(ServiceId service) {
        landed(service);
        Inbox inbox = inboxOf(service);
        inbox.dropped();
        settle(service, inbox);
    }

    private void settle(ServiceId service, Inbox inbox) {
        failures.remove(service);
        if (inbox.isReady()) {
            ready.add(service);
        } else if (inbox.isIdle()) {
            inboxes.remove(service);
        }
    }

    /**
     * The delivery in flight waits for {@link #retry}. The failure counts against the service only
     * if another entity has acknowledged since it was sent.
     */
    void notAcknowledged(ServiceId service, Instant now) {
        Sent was = landed(service);
        inboxOf(service).notAcknowledged();
        ready.remove(service);
        boolean isOwn = acknowledged > was.acknowledged();
        int own = ownFailures(service) + (isOwn ? 1 : 0);
        failures.put(service, new Failures(own, isOwn ? now.plus(BACKOFF.bound(own)) : now));
    }

    private Sent landed(ServiceId service) {
        Sent was = sent.remove(service);
        if (was == null) {
            throw new IllegalStateException("no delivery to " + service + " is in flight");
        }
        boundedInFlight -= was.bounded() ? 1 : 0;
        return was;
    }

    /** Makes the services ready whose waits are over. */
    void retry(Instant now) {
        inboxes.forEach(
                (service, inbox) -> {
                    Failures known = failures.get(service);
                    if (known != null && inbox.isReady() && !now.isBefore(known.until())) {
                        readyAgain.add(service);
                    }
                });
    }

    /** Whether a service waits for {@link #retry}. */
    boolean awaitsRetry() {
        return failures.keySet().stream()
                .anyMatch(service -> !sent.containsKey(service) && !readyAgain.contains(service));
    }

    /** Whether nothing of the service is queued or in flight. */
    boolean isIdle(ServiceId service) {
        return !inboxes.containsKey(service);
    }

    /** Services whose entity does not acknowledge although others do. */
    SortedSet<ServiceId> stuck() {
        SortedSet<ServiceId> stuck = new TreeSet<>();
        failures.forEach(
                (service, known) -> {
                    if (known.own() >= STUCK_AFTER) {
                        stuck.add(service);
                    }
                });
        return stuck;
    }

    /** When the oldest observation arrived that no entity has acknowledged; null without any. */
    @Nullable Instant oldest() {
        return inboxes.values().stream()
                .map(Inbox::oldest)
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    }

    int queued() {
        return inboxes.values().stream().mapToInt(Inbox::size).sum() + queries.size();
    }

    int inFlight() {
        return sent.size() + queriesInFlight;
    }

    private Inbox inboxOf(ServiceId service) {
        return Objects.requireNonNull(inboxes.get(service));
    }
}
