package io.meridian.actors.ingest;

import io.meridian.actors.RemoteMessage;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Status of a source and its ingest, for the HTTP API and metrics.
 *
 * @param source name of the source
 * @param attached whether the event stream is open
 * @param detail leader while attached, otherwise the cause of the loss
 * @param since time of the last attachment or loss
 * @param lastListing when the source requested the last complete listing
 * @param services number of known services
 * @param liveTasks number of known live tasks
 * @param queued number of messages that wait in queues
 * @param inFlight number of messages to entities without reply
 * @param absences number of tasks that listings lack without proof of their end
 * @param exceptions entries of the last complete listing that could not be read, one sentence for
 *     each; the first few
 * @param undefined services that the source says are not defined any more; each is removed once a
 *     listing proves it
 * @param vipRefusals VIP names that got no address, with the reason
 * @param oldestClaim age of the oldest observation that its entity has not acknowledged; zero
 *     without any
 * @param stuck services whose entity does not acknowledge though others do; listings count as
 *     complete without them
 * @param refused services with an observation that the journal cannot hold, with the cause; at most
 *     20
 * @param firstListing last sequence number by persistence id, once all observations of the first
 *     complete listing and the addresses of its VIPs are journalled; tables that include these
 *     events are complete
 */
public record IngestStatus(
        String source,
        boolean attached,
        String detail,
        Instant since,
        Optional<Instant> lastListing,
        int services,
        int liveTasks,
        int queued,
        int inFlight,
        int absences,
        List<String> exceptions,
        List<String> undefined,
        List<String> vipRefusals,
        Duration oldestClaim,
        List<String> stuck,
        List<String> refused,
        Optional<SortedMap<String, Long>> firstListing)
        implements RemoteMessage {}
