package io.meridian.actors.ingest;

import io.meridian.domain.service.ServiceId;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Progress of the last complete listing: the services that entities have not processed yet. A
 * listing proves absences only as a whole, so the ingest waits for all services.
 */
final class ListingRound {
    /** Services of one round that the ingest has the source read alone. */
    static final int MAX_RECHECKS = 10;

    private final Set<ServiceId> open = new HashSet<>();
    private @Nullable Instant asked;
    private @Nullable Instant lastAsked;
    private int rechecks;

    /**
     * Starts a round and drops the one before.
     *
     * @param listingAsked when the source requested the listing
     * @param services services that entities must process
     */
    void start(Instant listingAsked, Set<ServiceId> services) {
        asked = listingAsked;
        lastAsked = listingAsked;
        rechecks = 0;
        open.clear();
        open.addAll(services);
    }

    /** The stream is lost: the round will not complete. */
    void abort() {
        asked = null;
        open.clear();
    }

    boolean isRunning() {
        return asked != null;
    }

    /** Whether the listing requested at that time is the one of this round. */
    boolean isOf(Instant listingAsked) {
        return listingAsked.equals(asked);
    }

    /**
     * A service is processed.
     *
     * @param evidenceAsked when the source requested the evidence; evidence older than the round's
     *     listing does not count
     */
    void finished(ServiceId service, Instant evidenceAsked) {
        if (asked != null && !evidenceAsked.isBefore(asked)) {
            open.remove(service);
        }
    }

    /**
     * Completes the round without a service.
     *
     * @return whether the round was waiting for it
     */
    boolean giveUp(ServiceId service) {
        return open.remove(service);
    }

    /**
     * Ends the round if all its services are processed.
     *
     * @return whether it ended just now
     */
    boolean completed() {
        if (asked == null || !open.isEmpty()) {
            return false;
        }
        asked = null;
        return true;
    }

    /**
     * Takes one of the round's {@value #MAX_RECHECKS} rechecks.
     *
     * @return false if none is left
     */
    boolean takeRecheck() {
        return rechecks < MAX_RECHECKS && ++rechecks > 0;
    }

    /** When the last complete listing was requested; null before the first. */
    @Nullable Instant lastAsked() {
        return lastAsked;
    }
}
