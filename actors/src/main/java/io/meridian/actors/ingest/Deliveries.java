package io.meridian.actors.ingest;

import io.meridian.domain.service.ServiceId;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What entities must be told and asked, and when: claims of a service in order and one at a time,
 * so many in all. Sends nothing itself; used by the ingest's thread only.
 */
final class Deliveries {
    /** So often in a row, while other entities answered, and a service counts as stuck. */
    static final int STUCK_AFTER = 3;

    private final int maxInFlight;
    private final Map<ServiceId, Inbox> inboxes = new HashMap<>();
    private final SequencedSet<ServiceId> ready = new LinkedHashSet<>();
    private final Map<ServiceId, Read> reads = new LinkedHashMap<>();
    private final Map<ServiceId, Long> sentAt = new HashMap<>();
    private final SortedMap<ServiceId, Integer> failures = new TreeMap<>();
    private int inFlight;
    private long acknowledged;

    /** One message to an entity. */
    sealed interface Delivery {
        ServiceId service();
    }

    record Tell(ServiceId service, Claim claim) implements Delivery {}

    /**
     * Ask for the state, because the source lacks the service.
     *
     * @param asked signs of life from then on contradict it
     * @param listing whether a complete listing lacked it, else a read of it alone
     */
    record Read(ServiceId service, int attach, Instant asked, Instant received, boolean listing)
            implements Delivery {}

    Deliveries(int maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    void add(ServiceId service, Claim claim) {
        inboxes.computeIfAbsent(service, _ -> new Inbox()).add(claim);
        ready.add(service);
    }

    void add(Read read) {
        reads.put(read.service(), read);
    }

    /** The next message to send, if there may be one; {@link #done} or {@link #failed} follows. */
    Optional<Delivery> next() {
        while (inFlight < maxInFlight && !ready.isEmpty()) {
            ServiceId service = ready.removeFirst();
            Optional<Claim> claim = Optional.ofNullable(inboxes.get(service)).flatMap(Inbox::take);
            if (claim.isPresent()) {
                inFlight++;
                sentAt.put(service, acknowledged);
                return Optional.of(new Tell(service, claim.get()));
            }
        }
        if (inFlight < maxInFlight && !reads.isEmpty()) {
            inFlight++;
            return Optional.of(reads.remove(reads.keySet().iterator().next()));
        }
        return Optional.empty();
    }

    /** A state was read, or could not be. */
    void readEnded() {
        inFlight--;
    }

    void done(ServiceId service) {
        inFlight--;
        acknowledged++;
        failures.remove(service);
        Inbox inbox = inboxes.get(service);
        inbox.done();
        if (inbox.isReady()) {
            ready.add(service);
        } else if (inbox.isIdle()) {
            inboxes.remove(service);
        }
    }

    /** The claim waits for {@link #retry}. Counts against the service if others were answered. */
    void failed(ServiceId service) {
        inFlight--;
        inboxes.get(service).failed();
        ready.remove(service);
        if (acknowledged > sentAt.getOrDefault(service, 0L)) {
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

    boolean isIdle(ServiceId service) {
        return !inboxes.containsKey(service);
    }

    /** Services whose entity does not answer though others do. */
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
        return inboxes.values().stream().mapToInt(Inbox::size).sum() + reads.size();
    }

    int inFlight() {
        return inFlight;
    }
}
