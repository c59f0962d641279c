package io.meridian.sources.marathon;

import io.meridian.sources.SourceSignal;

import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Counters of a Marathon source. Written by the source, read by any thread. */
public final class MarathonCounters {
    private final Map<String, LongAdder> events = new ConcurrentHashMap<>();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private final LongAdder listings = new LongAdder();
    private final LongAdder listingFailures = new LongAdder();
    private final LongAdder rereads = new LongAdder();
    private final LongAdder rereadFailures = new LongAdder();
    private final LongAdder connections = new LongAdder();
    private final LongAdder streamFailures = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicReference<Instant> lastByteAt = new AtomicReference<>(Instant.EPOCH);
    private final AtomicReference<Instant> lastEventAt = new AtomicReference<>(Instant.EPOCH);
    private final AtomicReference<Instant> lastListingAt = new AtomicReference<>(Instant.EPOCH);
    private volatile boolean attached;

    /**
     * The counts at one moment; all but the times and {@code attached} only grow.
     *
     * @param events by type, known types only
     * @param unknown events of a type that this program does not know
     * @param unreadable events, tasks and services that could not be read
     * @param connections attempts to open the event stream
     * @param streamFailures streams lost or not opened
     * @param bytes read from event streams
     * @param lastByteAt when the stream last gave a sign of life; EPOCH before the first
     * @param lastEventAt EPOCH before the first
     * @param lastListingAt when the last complete listing had been read; EPOCH before the first
     */
    public record Snapshot(
            SortedMap<String, Long> events,
            long unknown,
            long unreadable,
            long listings,
            long listingFailures,
            long rereads,
            long rereadFailures,
            long connections,
            long streamFailures,
            long bytes,
            Instant lastByteAt,
            Instant lastEventAt,
            Instant lastListingAt,
            boolean attached) {}

    public Snapshot snapshot() {
        SortedMap<String, Long> byType = new TreeMap<>();
        events.forEach((type, count) -> byType.put(type, count.sum()));
        return new Snapshot(
                byType,
                unknown.sum(),
                unreadable.sum(),
                listings.sum(),
                listingFailures.sum(),
                rereads.sum(),
                rereadFailures.sum(),
                connections.sum(),
                streamFailures.sum(),
                bytes.sum(),
                lastByteAt.get(),
                lastEventAt.get(),
                lastListingAt.get(),
                attached);
    }

    void event(MarathonEvent event, Instant now) {
        lastEventAt.set(now);
        switch (event) {
            case MarathonEvent.Unknown _ -> unknown.increment();
            case MarathonEvent.Unreadable _, MarathonEvent.Refused _ -> unreadable.increment();
            case MarathonEvent.StatusUpdate _,
                    MarathonEvent.InstanceChanged _,
                    MarathonEvent.InstanceHealthChanged _,
                    MarathonEvent.UnknownInstanceTerminated _,
                    MarathonEvent.AppTerminated _,
                    MarathonEvent.CheckChanged _,
                    MarathonEvent.CheckNoticed _,
                    MarathonEvent.UnhealthyKill _,
                    MarathonEvent.AppPosted _,
                    MarathonEvent.PodChanged _,
                    MarathonEvent.GroupChanged _,
                    MarathonEvent.GroupChangeFailed _,
                    MarathonEvent.Deployment _,
                    MarathonEvent.SchedulerChanged _,
                    MarathonEvent.SubscriberChanged _,
                    MarathonEvent.FrameworkMessage _ ->
                    events.computeIfAbsent(event.type(), _ -> new LongAdder()).increment();
        }
    }

    /** Counts what a signal reports about the source itself. */
    void emitted(SourceSignal signal, Instant now) {
        switch (signal) {
            case SourceSignal.Attached _ -> attached = true;
            case SourceSignal.Detached _ -> {
                attached = false;
                streamFailures.increment();
            }
            case SourceSignal.ListedAll _ -> {
                listings.increment();
                lastListingAt.set(now);
            }
            case SourceSignal.ListingFailed _ -> listingFailures.increment();
            case SourceSignal.Observed _,
                    SourceSignal.ClusterObserved _,
                    SourceSignal.NotDefined _,
                    SourceSignal.EndHinted _,
                    SourceSignal.VersionRead _ -> {}
        }
    }

    void bytes(int count, Instant now) {
        bytes.add(count);
        lastByteAt.set(now);
    }

    void unreadable() {
        unreadable.increment();
    }

    void reread() {
        rereads.increment();
    }

    void rereadFailed() {
        rereadFailures.increment();
    }

    void connecting() {
        connections.increment();
    }

    void attached(boolean now) {
        attached = now;
    }
}
