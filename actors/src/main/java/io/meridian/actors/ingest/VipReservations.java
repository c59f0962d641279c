package io.meridian.actors.ingest;

import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.ActorContext;

import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.MesosPorts;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRules;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Sees to it that every VIP name a definition asks for has its addresses; one request under way at
 * a time. Used by the ingest's thread only.
 */
final class VipReservations {
    /** So many in one message, which must fit in one of Akka's frames. */
    private static final int BATCH = 500;

    private final ActorContext<Ingest.Command> context;
    private final RecipientRef<VipPoolEntity.Command> pool;
    private final Duration timeout;
    private final Function<Outcome, Ingest.Command> wrap;

    private final Set<String> names = new HashSet<>(); // asked for and answered
    private final Set<IpAddress> literals = new HashSet<>();
    private final SortedSet<String> wantedNames = new TreeSet<>();
    private final SortedSet<IpAddress> wantedLiterals = new TreeSet<>();
    private final Set<String> refusals = new TreeSet<>();
    private boolean underWay;
    private long sequenceNumber;

    /** How a request ended. */
    sealed interface Outcome {
        record Done(
                SortedSet<String> names,
                SortedSet<IpAddress> literals,
                VipPoolEntity.Reserved reply)
                implements Outcome {}

        record Failed(Throwable cause) implements Outcome {}
    }

    VipReservations(
            ActorContext<Ingest.Command> context,
            RecipientRef<VipPoolEntity.Command> pool,
            Duration timeout,
            Function<Outcome, Ingest.Command> wrap) {
        this.context = context;
        this.pool = pool;
        this.timeout = timeout;
        this.wrap = wrap;
    }

    /** Reserves what a claim asks for by its definition, or by its tasks if it has none. */
    void want(Observation claim) {
        switch (claim) {
            case Observation.Defined defined ->
                    want(VipRules.keys(claim.service(), defined.definition()));
            case Observation.Listed listed ->
                    want(VipRules.keys(claim.service(), listed.definition()));
            case Observation.MesosTaskSeen seen when seen.owned() -> want(seen.task(), seen);
            case Observation.MesosListed listed ->
                    listed.tasks().forEach(task -> want(task, listed));
            case Observation.TaskSeen _,
                    Observation.MesosTaskSeen _,
                    Observation.HealthSeen _,
                    Observation.Absent _ -> {}
        }
    }

    private void want(MesosTask task, Observation claim) {
        if (task.phase() != TaskPhase.GONE && MesosPorts.mayAskForVips(task)) {
            want(VipRules.keys(claim.service(), MesosPorts.of(task).ports()));
        }
    }

    private void want(SortedSet<VipKey> keys) {
        for (VipKey key : keys) {
            Optional<IpAddress> literal = key.literal();
            if (literal.isPresent() && !literals.contains(literal.get())) {
                wantedLiterals.add(literal.get());
            } else if (literal.isEmpty() && !names.contains(key.name())) {
                wantedNames.add(key.name());
            }
        }
        request();
    }

    void retry() {
        request();
    }

    void onOutcome(Outcome outcome) {
        underWay = false;
        switch (outcome) {
            case Outcome.Done(
                            SortedSet<String> gotNames,
                            SortedSet<IpAddress> gotLiterals,
                            VipPoolEntity.Reserved reply) -> {
                sequenceNumber = reply.sequenceNumber();
                names.addAll(gotNames);
                literals.addAll(gotLiterals);
                wantedNames.removeAll(gotNames);
                wantedLiterals.removeAll(gotLiterals);
                for (String sentence : reply.refusals()) {
                    if (refusals.add(sentence)) {
                        context.getLog().error("{}", sentence);
                    }
                }
                request();
            }
            case Outcome.Failed(Throwable cause) -> {
                context.getLog()
                        .warn(
                                "VIP addresses are not reserved: {}; will be asked for again",
                                cause.toString());
                context.scheduleOnce(Duration.ofSeconds(1), context.getSelf(), Ingest.retry());
            }
        }
    }

    boolean isSettled() {
        return !underWay && wantedNames.isEmpty() && wantedLiterals.isEmpty();
    }

    /** The pool's last event as of the last answer; 0 if none came. */
    long sequenceNumber() {
        return sequenceNumber;
    }

    private static <T> SortedSet<T> first(SortedSet<T> wanted) {
        return wanted.stream().limit(BATCH).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Sorted, one sentence each. */
    List<String> refusals() {
        return List.copyOf(refusals);
    }

    private void request() {
        if (underWay || wantedNames.isEmpty() && wantedLiterals.isEmpty()) {
            return;
        }
        underWay = true;
        SortedSet<String> askedNames = first(wantedNames);
        SortedSet<IpAddress> askedLiterals = first(wantedLiterals);
        context.ask(
                VipPoolEntity.Reserved.class,
                pool,
                timeout,
                replyTo -> new VipPoolEntity.Reserve(askedNames, askedLiterals, replyTo),
                (reply, failure) ->
                        wrap.apply(
                                reply != null
                                        ? new Outcome.Done(askedNames, askedLiterals, reply)
                                        : new Outcome.Failed(failure)));
    }
}
