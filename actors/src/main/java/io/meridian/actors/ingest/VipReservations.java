package io.meridian.actors.ingest;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.MesosPorts;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Requests to the VIP pool for the addresses of all VIPs that services request; one request in
 * flight, sent again until answered.
 */
final class VipReservations {
    /** Names, and addresses, in one request, which must fit in one of Akka's frames. */
    private static final int BATCH = 500;

    private final Set<String> names = new HashSet<>(); // requested and answered
    private final Set<IpAddress> literals = new HashSet<>();
    private final SortedSet<String> wantedNames = new TreeSet<>();
    private final SortedSet<IpAddress> wantedLiterals = new TreeSet<>();
    private final SortedMap<String, String> refusals = new TreeMap<>(); // by name or address
    private boolean inFlight;
    private boolean awaitsRetry;
    private boolean failing;
    private long sequenceNumber;

    /**
     * A complete listing: requests all VIPs again, so that a released or refused name gets an
     * address, and the pool knows which names are in use. Forgets refusals of VIPs that are gone.
     */
    void listed(List<Observation.Listing> listings) {
        names.clear();
        literals.clear();
        listings.forEach(this::want);
        refusals.keySet()
                .removeIf(
                        subject ->
                                !wantedNames.contains(subject)
                                        && wantedLiterals.stream()
                                                .noneMatch(one -> one.toString().equals(subject)));
    }

    /**
     * Adds the VIPs that an observation's definition requests, or its tasks if it has no
     * definition.
     */
    void want(Observation observation) {
        switch (observation) {
            case Observation.Defined defined ->
                    want(VipRules.ANY_LITERAL.keys(defined.service(), defined.definition()));
            case Observation.Listed listed ->
                    want(VipRules.ANY_LITERAL.keys(listed.service(), listed.definition()));
            case Observation.MesosTaskSeen seen when seen.owned() -> want(seen.task(), seen);
            case Observation.MesosListed listed ->
                    listed.tasks().forEach(task -> want(task, listed));
            case Observation.TaskSeen _,
                    Observation.MesosTaskSeen _,
                    Observation.HealthSeen _,
                    Observation.Absent _ -> {}
        }
    }

    private void want(MesosTask task, Observation observation) {
        if (task.phase() != TaskPhase.GONE && MesosPorts.mayAskForVips(task)) {
            want(VipRules.ANY_LITERAL.keys(observation.service(), MesosPorts.of(task).ports()));
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
    }

    /**
     * The next request, which is then in flight; empty while another is, before a retry, or if none
     * is needed.
     */
    Optional<Effect> next() {
        if (inFlight || awaitsRetry || wantedNames.isEmpty() && wantedLiterals.isEmpty()) {
            return Optional.empty();
        }
        inFlight = true;
        return Optional.of(new Effect.Reserve(first(wantedNames), first(wantedLiterals)));
    }

    /**
     * The pool has answered the request in flight.
     *
     * @return refusals that are new, one sentence each
     */
    List<String> answered(Input.Reserved reply) {
        Set<String> known = new HashSet<>(refusals.values());
        inFlight = false;
        failing = false;
        sequenceNumber = reply.sequenceNumber();
        names.addAll(reply.request().names());
        literals.addAll(reply.request().literals());
        wantedNames.removeAll(reply.request().names());
        wantedLiterals.removeAll(reply.request().literals());
        refusals.keySet().removeAll(reply.request().names());
        reply.request().literals().forEach(literal -> refusals.remove(literal.toString()));
        List<String> fresh = new ArrayList<>();
        reply.refusals()
                .forEach(
                        (subject, sentence) -> {
                            refusals.put(subject, sentence);
                            if (!known.contains(sentence)) {
                                fresh.add(sentence);
                            }
                        });
        return fresh;
    }

    /**
     * The request in flight has failed; the next waits for {@link #retry}.
     *
     * @return whether this is the first failure in a row
     */
    boolean notAnswered() {
        boolean firstFailure = !failing;
        failing = true;
        inFlight = false;
        awaitsRetry = true;
        return firstFailure;
    }

    void retry() {
        awaitsRetry = false;
    }

    /** Whether every requested VIP has an address or a refusal. */
    boolean isSettled() {
        return !inFlight && wantedNames.isEmpty() && wantedLiterals.isEmpty();
    }

    /** The pool's last event as of the last answer; 0 if it has none. */
    long sequenceNumber() {
        return sequenceNumber;
    }

    /** Sorted, one sentence each. */
    List<String> refusals() {
        return List.copyOf(refusals.values());
    }

    private static <T> SortedSet<T> first(SortedSet<T> wanted) {
        return wanted.stream().limit(BATCH).collect(Collectors.toCollection(TreeSet::new));
    }
}
