package io.meridian.actors.ingest;

import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.ActorContext;

import io.meridian.actors.mesos.MesosClusterEntity;
import io.meridian.domain.mesos.ClusterClaim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * Claims about the cluster itself on their way to their entity: in order, some at a time, sent
 * again until acknowledged. While the entity can't keep up a later claim about the same thing
 * replaces an earlier one. A listing goes in pieces, as a message must fit in one of Akka's frames.
 * Used by the ingest's thread only.
 */
final class ClusterClaims {
    /** So many in one message. */
    private static final int BATCH = 200;

    private static final String PRESENT = "present";

    private final ActorContext<Ingest.Command> context;
    private final RecipientRef<MesosClusterEntity.Command> entity;
    private final Duration timeout;
    private final Function<Outcome, Ingest.Command> wrap;

    private final SequencedMap<String, ClusterClaim> waiting = new LinkedHashMap<>();
    private SequencedMap<String, ClusterClaim> underWay = new LinkedHashMap<>();
    private boolean failing;
    private boolean listed;
    private long sequenceNumber;

    /** How a message ended. */
    sealed interface Outcome {
        record Done(long sequenceNumber) implements Outcome {}

        record Failed(Throwable cause) implements Outcome {}
    }

    ClusterClaims(
            ActorContext<Ingest.Command> context,
            RecipientRef<MesosClusterEntity.Command> entity,
            Duration timeout,
            Function<Outcome, Ingest.Command> wrap) {
        this.context = context;
        this.entity = entity;
        this.timeout = timeout;
        this.wrap = wrap;
    }

    void add(ClusterClaim claim) {
        if (claim instanceof ClusterClaim.ClusterListed whole) {
            whole.agents().forEach(this::put);
            whole.frameworks().forEach(this::put);
            put(ClusterClaim.Present.of(whole));
        } else {
            put(claim);
        }
        send();
    }

    void retry() {
        send();
    }

    void onOutcome(Outcome outcome) {
        Map<String, ClusterClaim> sent = underWay;
        underWay = new LinkedHashMap<>();
        switch (outcome) {
            case Outcome.Done(long number) -> {
                sequenceNumber = number;
                listed |= sent.containsKey(PRESENT);
                failing = false;
                send();
            }
            case Outcome.Failed(Throwable cause) -> {
                List<Map.Entry<String, ClusterClaim>> later = List.copyOf(waiting.entrySet());
                waiting.clear();
                waiting.putAll(sent);
                later.forEach(
                        one -> {
                            waiting.remove(one.getKey());
                            waiting.put(one.getKey(), one.getValue());
                        });
                if (!failing) {
                    context.getLog()
                            .warn(
                                    "claims about the Mesos cluster are not acknowledged: {}; will"
                                            + " be sent again until they are",
                                    cause.toString());
                }
                failing = true;
                context.scheduleOnce(Duration.ofSeconds(1), context.getSelf(), Ingest.retry());
            }
        }
    }

    /** Whether a complete listing, and all that was told since, is journalled. */
    boolean isListed() {
        return listed && waiting.isEmpty() && underWay.isEmpty();
    }

    /** The entity's last event as of the last answer; 0 if none came. */
    long sequenceNumber() {
        return sequenceNumber;
    }

    int queued() {
        return waiting.size() + underWay.size();
    }

    private void put(ClusterClaim claim) {
        String key =
                switch (claim) {
                    case ClusterClaim.Masters _ -> "masters";
                    case ClusterClaim.AgentSeen seen -> "agent " + seen.id();
                    case ClusterClaim.AgentGone gone -> "agent " + gone.id();
                    case ClusterClaim.FrameworkSeen seen -> "framework " + seen.id();
                    case ClusterClaim.FrameworkGone gone -> "framework " + gone.id();
                    case ClusterClaim.ClusterListed _, ClusterClaim.Present _ -> PRESENT;
                };
        waiting.remove(key); // to the end: what is told last is dealt with last
        waiting.put(key, claim);
    }

    private void send() {
        if (!underWay.isEmpty() || waiting.isEmpty()) {
            return;
        }
        while (underWay.size() < BATCH && !waiting.isEmpty()) {
            Map.Entry<String, ClusterClaim> next = waiting.pollFirstEntry();
            underWay.put(next.getKey(), next.getValue());
        }
        List<ClusterClaim> claims = new ArrayList<>(underWay.values());
        context.ask(
                MesosClusterEntity.Observed.class,
                entity,
                timeout,
                replyTo -> new MesosClusterEntity.Observe(claims, replyTo),
                (reply, failure) ->
                        wrap.apply(
                                reply != null
                                        ? new Outcome.Done(reply.sequenceNumber())
                                        : new Outcome.Failed(failure)));
    }
}
