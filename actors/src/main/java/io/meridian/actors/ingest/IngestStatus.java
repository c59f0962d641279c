package io.meridian.actors.ingest;

import io.meridian.actors.RemoteMessage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * How a source and its ingest are doing.
 *
 * @param source its name
 * @param attached whether the event stream is open
 * @param detail leader while attached, else why not
 * @param since since when it is attached or not
 * @param lastListing when the last complete listing was asked for
 * @param services services known
 * @param liveTasks live tasks known
 * @param queued messages that wait for their turn
 * @param inFlight messages to entities that are not answered
 * @param absences tasks that listings lack without proof of their end
 * @param vipRefusals VIP names that got no address, with the reason
 * @param stuck services whose entity does not acknowledge though others do; listings count as
 *     complete without them
 * @param firstListing once every claim of the first complete listing is journalled and VIP names
 *     have their addresses: the last sequence number by persistence id; tables that include these
 *     are complete
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
        List<String> vipRefusals,
        List<String> stuck,
        Optional<SortedMap<String, Long>> firstListing)
        implements RemoteMessage {}
