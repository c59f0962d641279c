package io.meridian.actors.ingest;

import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceId;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * An ingest's core with the domain's services, a VIP pool and a Mesos cluster in memory; the test
 * plays the source and moves the clock. Messages wait in {@link #inFlight} until the test delivers
 * or loses them.
 */
final class CoreWorld {
    static final Duration AFTER_GAP = Duration.ofSeconds(15);
    static final Duration WHILE_ATTACHED = Duration.ofMinutes(5);
    static final AbsenceRules RULES =
            new AbsenceRules(AFTER_GAP, WHILE_ATTACHED, Duration.ofMinutes(10), 0.5);

    final List<Effect> inFlight = new ArrayList<>();
    final List<SourceCommand> asked = new ArrayList<>();
    final List<Effect.Log> logged = new ArrayList<>();
    final List<Observation> sent = new ArrayList<>();
    final List<Effect.Reserve> reserved = new ArrayList<>();

    /** Services whose entities lose every message. */
    final Set<ServiceId> shut = new HashSet<>();

    boolean poolShut;
    boolean clusterShut;
    MesosCluster cluster = MesosCluster.empty();
    int mostInFlight;

    private final IngestCore core;
    private final Map<ServiceId, Service> services = new HashMap<>();
    private final Map<ServiceId, Long> sequenceNumbers = new HashMap<>();
    private final Set<String> refusedVips;
    private long clusterEvents;
    private long poolEvents;
    private boolean retryScheduled;
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");

    CoreWorld(
            Predicate<ServiceId> owned,
            int maxInFlight,
            boolean describesCluster,
            Set<String> refusedVips) {
        this.refusedVips = refusedVips;
        this.core =
                new IngestCore(
                        new IngestSettings(
                                "marathon", owned, maxInFlight, Duration.ofSeconds(5), RULES),
                        describesCluster,
                        now);
    }

    /** Owns all services, at most 128 messages in flight, no cluster. */
    CoreWorld() {
        this(_ -> true, 128, false, Set.of());
    }

    CoreWorld(int maxInFlight) {
        this(_ -> true, maxInFlight, false, Set.of());
    }

    void apply(Input input) {
        for (Effect effect : core.on(input, now)) {
            switch (effect) {
                case Effect.ToSource(SourceCommand command) -> asked.add(command);
                case Effect.Log log -> logged.add(log);
                case Effect.RetryLater _ -> retryScheduled = true;
                case Delivery delivery -> {
                    sent.add(delivery.observation());
                    inFlight.add(delivery);
                }
                case Effect.Reserve request -> {
                    reserved.add(request);
                    inFlight.add(request);
                }
                case StateQuery _, Effect.ObserveCluster _ -> inFlight.add(effect);
            }
        }
        mostInFlight = Math.max(mostInFlight, inFlight.size());
    }

    void signal(SourceSignal signal) {
        apply(new Input.Signalled(signal));
    }

    void known(ServiceId... known) {
        apply(new Input.KnownServices(Set.of(known)));
    }

    CoreWorld attach() {
        signal(new SourceSignal.Attached("leader:8080"));
        return this;
    }

    void detach() {
        signal(new SourceSignal.Detached("gone", 1));
    }

    void observe(Observation observation) {
        signal(new SourceSignal.Observed(observation));
    }

    void listAll(Observation.Listing... listings) {
        listAll(List.of(listings));
    }

    void listAll(List<Observation.Listing> listings) {
        signal(new SourceSignal.ListedAll(listings, now));
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Triggers the absence check, as the actor's timer does every 5 s. */
    void checkAbsences() {
        apply(Input.Timer.ABSENCE_CHECK);
    }

    /**
     * Delivers all messages except those to shut receivers, and all messages that follow from the
     * replies.
     */
    IngestStatus settle() {
        List<Effect> lost = new ArrayList<>();
        while (!inFlight.isEmpty()) {
            Effect message = inFlight.removeFirst();
            if (isShut(message)) {
                lost.add(message);
            } else {
                deliver(message);
            }
        }
        inFlight.addAll(lost);
        return core.status(now);
    }

    /** Lets the asks of all messages in flight to shut receivers time out. */
    void timeOut() {
        for (Effect message : List.copyOf(inFlight)) {
            if (isShut(message)) {
                inFlight.remove(message);
                fail(message);
            }
        }
    }

    /** Triggers the retry, as the actor's timer does, if one is pending. */
    void retry() {
        if (retryScheduled) {
            retryScheduled = false;
            apply(Input.Timer.RETRY);
        }
    }

    /** Opens all receivers, and delivers until no message is queued. */
    IngestStatus recover() {
        timeOut();
        shut.clear();
        poolShut = false;
        clusterShut = false;
        settle();
        while (retryScheduled) {
            pass(IngestCore.RETRY);
            retry();
            settle();
        }
        return core.status(now);
    }

    /** Delivers one message in flight, or loses it or its reply. */
    void deliverAny(Random random) {
        if (inFlight.isEmpty()) {
            return;
        }
        Effect message = inFlight.remove(random.nextInt(inFlight.size()));
        int fate = random.nextInt(10);
        if (fate > 1) {
            deliver(message);
        } else if (fate == 1) {
            journal(message);
            fail(message);
        } else {
            fail(message);
        }
    }

    private boolean isShut(Effect message) {
        return switch (message) {
            case Delivery delivery -> shut.contains(delivery.service());
            case StateQuery query -> shut.contains(query.service());
            case Effect.Reserve _ -> poolShut;
            case Effect.ObserveCluster _ -> clusterShut;
            case Effect.ToSource _, Effect.RetryLater _, Effect.Log _ -> false;
        };
    }

    private void deliver(Effect message) {
        apply(journal(message));
    }

    private Input journal(Effect message) {
        return switch (message) {
            case Delivery delivery -> journal(delivery);
            case StateQuery query -> new Input.StateRead(query, state(query.service()));
            case Effect.Reserve request -> {
                poolEvents += request.names().size() + request.literals().size();
                yield new Input.Reserved(
                        request,
                        new TreeMap<>(
                                request.names().stream()
                                        .filter(refusedVips::contains)
                                        .collect(
                                                Collectors.toMap(
                                                        name -> name,
                                                        name ->
                                                                "VIP "
                                                                        + name
                                                                        + " gets no address"))),
                        poolEvents);
            }
            case Effect.ObserveCluster(var observations) -> {
                List<ClusterEvent> events = cluster.decide(observations);
                cluster = cluster.apply(events);
                clusterEvents += events.size();
                yield new Input.ClusterAcknowledged(clusterEvents);
            }
            case Effect.ToSource _, Effect.RetryLater _, Effect.Log _ ->
                    throw new IllegalArgumentException("not a message: " + message);
        };
    }

    private Input journal(Delivery delivery) {
        ServiceId id = delivery.service();
        List<ServiceEvent> events = state(id).decide(delivery.observation());
        Service after = state(id).apply(events);
        services.put(id, after);
        long last = sequenceNumbers.merge(id, (long) events.size(), Long::sum);
        return new Input.Acknowledged(delivery, last, after.report(delivery.observation()));
    }

    /** Journals an observation that another ingest has sent. */
    void journal(Observation other) {
        journal(new Delivery(other, 0, now, now));
    }

    /**
     * Answers the delivery in flight to a service as an entity whose journal refuses its events.
     */
    void refuse(ServiceId service, String cause) {
        Effect message =
                inFlight.stream()
                        .filter(one -> one instanceof Delivery to && to.service().equals(service))
                        .findFirst()
                        .orElseThrow();
        inFlight.remove(message);
        apply(new Input.Refused((Delivery) message, cause));
    }

    private void fail(Effect message) {
        apply(
                switch (message) {
                    case Delivery delivery -> new Input.NotAcknowledged(delivery, "timeout");
                    case StateQuery query -> new Input.StateUnread(query, "timeout");
                    case Effect.Reserve _ -> new Input.NotReserved("timeout");
                    case Effect.ObserveCluster _ -> new Input.ClusterNotAcknowledged("timeout");
                    case Effect.ToSource _, Effect.RetryLater _, Effect.Log _ ->
                            throw new IllegalArgumentException("not a message: " + message);
                });
    }

    IngestStatus status() {
        return core.status(now);
    }

    Service state(ServiceId id) {
        return services.getOrDefault(id, Service.empty(id));
    }

    List<String> live(ServiceId id) {
        return state(id).live().keySet().stream().map(Object::toString).toList();
    }

    /** Observations sent to a service's entity, in order, repeated ones included. */
    List<Observation> sent(ServiceId id) {
        return sent.stream().filter(one -> one.service().equals(id)).toList();
    }

    /** Forgets the commands to the source so far. */
    List<SourceCommand> takeAsked() {
        List<SourceCommand> taken = List.copyOf(asked);
        asked.clear();
        return taken;
    }
}
