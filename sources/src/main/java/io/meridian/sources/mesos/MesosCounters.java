package io.meridian.sources.mesos;

import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Counters of a Mesos source. Written by the source, read by any thread. */
public final class MesosCounters {
    private final Map<String, LongAdder> events = new ConcurrentHashMap<>();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private final LongAdder listings = new LongAdder();
    private final LongAdder polls = new LongAdder();
    private final LongAdder pollFailures = new LongAdder();
    private final LongAdder connections = new LongAdder();
    private final LongAdder streamFailures = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicReference<Instant> lastByteAt = new AtomicReference<>(Instant.EPOCH);
    private final AtomicReference<Instant> lastEventAt = new AtomicReference<>(Instant.EPOCH);
    private final AtomicReference<Instant> lastListingAt = new AtomicReference<>(Instant.EPOCH);
    private volatile MesosPhase phase = MesosPhase.DETACHED;
    private volatile boolean polling;
    private volatile Known known = new Known(0, 0, 0, 0, 0, 0);

    /**
     * Size of the known state of the cluster.
     *
     * @param awaitedAgents that have not reregistered with the leader
     * @param waitingTasks whose framework is not known yet
     * @param unreachableTasks of {@code tasks}
     */
    public record Known(
            int agents,
            int frameworks,
            int tasks,
            int awaitedAgents,
            int waitingTasks,
            int unreachableTasks) {}

    /**
     * The counts at one moment; all but the times, {@code phase}, {@code polling} and {@code known}
     * only grow.
     *
     * @param events by type, known types only
     * @param unknown events of a type that this program does not know
     * @param unreadable events and tasks that could not be read
     * @param listings complete listings emitted
     * @param polls whole states read from masters without event stream
     * @param connections attempts to open the event stream
     * @param streamFailures streams lost or not opened
     * @param bytes read from event streams
     * @param lastByteAt when the master last gave a sign of life; EPOCH before the first
     * @param lastEventAt EPOCH before the first
     * @param lastListingAt EPOCH before the first
     * @param polling whether the master has no event stream
     */
    public record Snapshot(
            SortedMap<String, Long> events,
            long unknown,
            long unreadable,
            long listings,
            long polls,
            long pollFailures,
            long connections,
            long streamFailures,
            long bytes,
            Instant lastByteAt,
            Instant lastEventAt,
            Instant lastListingAt,
            MesosPhase phase,
            boolean polling,
            Known known) {}

    public Snapshot snapshot() {
        SortedMap<String, Long> byType = new TreeMap<>();
        events.forEach((type, count) -> byType.put(type, count.sum()));
        return new Snapshot(
                byType,
                unknown.sum(),
                unreadable.sum(),
                listings.sum(),
                polls.sum(),
                pollFailures.sum(),
                connections.sum(),
                streamFailures.sum(),
                bytes.sum(),
                lastByteAt.get(),
                lastEventAt.get(),
                lastListingAt.get(),
                phase,
                polling,
                known);
    }

    void event(MesosEvent event, Instant now) {
        lastEventAt.set(now);
        switch (event) {
            case MesosEvent.Unknown _ -> unknown.increment();
            case MesosEvent.Unreadable _ -> unreadable.increment();
            case MesosEvent.Subscribed subscribed -> {
                unreadable.add(subscribed.state().unreadable());
                known(event);
            }
            case MesosEvent.Heartbeat _,
                    MesosEvent.TaskAdded _,
                    MesosEvent.TaskUpdated _,
                    MesosEvent.FrameworkKnown _,
                    MesosEvent.FrameworkRemoved _,
                    MesosEvent.AgentAdded _,
                    MesosEvent.AgentRemoved _ ->
                    known(event);
        }
    }

    private void known(MesosEvent event) {
        events.computeIfAbsent(event.type(), _ -> new LongAdder()).increment();
    }

    void bytes(int count, Instant now) {
        bytes.add(count);
        lastByteAt.set(now);
    }

    void listed(Instant now) {
        listings.increment();
        lastListingAt.set(now);
    }

    void polled(StateDocument state, Instant now) {
        polls.increment();
        unreadable.add(state.unreadable());
        lastByteAt.set(now);
    }

    void pollFailed() {
        pollFailures.increment();
    }

    void connecting() {
        connections.increment();
    }

    void streamFailed() {
        streamFailures.increment();
    }

    void now(MesosPhase phase, boolean polling, Known known) {
        this.phase = phase;
        this.polling = polling;
        this.known = known;
    }
}
