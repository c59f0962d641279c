package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.MesosFacts.Part;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What Mesos adds to a task of a service that another source owns (ADR 0021). A supplement fills
 * the parts of the instance that the owner has not reported; a later report of the owner replaces
 * them. The instance does not depend on which source reports first.
 *
 * @param agent as in {@link MesosTask}
 * @param addresses as in {@link MesosTask}
 */
public record MesosSupplement(
        TaskId task, Agent agent, List<IpAddress> addresses, MesosFacts facts) {
    public MesosSupplement {
        addresses = List.copyOf(addresses);
    }

    static MesosSupplement of(MesosTask task) {
        return new MesosSupplement(
                task.id(), task.agent(), task.addresses(), MesosFacts.of(task, false));
    }

    /** Merges a newer supplement; parts that the newer one lacks are kept. */
    MesosSupplement merge(MesosSupplement newer) {
        return new MesosSupplement(
                task,
                agent.merge(newer.agent),
                newer.isAddressed() ? newer.addresses : addresses,
                facts.merge(newer.facts, newer.isAddressed()));
    }

    /** Whether the task's status has addresses of any kind; those of one status go together. */
    private boolean isAddressed() {
        return !addresses.isEmpty()
                || !facts.dockerAddresses().isEmpty()
                || !facts.mesosAddresses().isEmpty();
    }

    /** Fills the empty parts of an instance, and updates the parts that Mesos supplied before. */
    Instance fill(Instance known) {
        MesosFacts merged =
                known.mesos().map(before -> before.merge(facts, isAddressed())).orElse(facts);
        SortedSet<Part> supplied = new TreeSet<>(merged.supplied());
        Agent own = known.agent();
        Agent filled =
                new Agent(
                        pick(Part.AGENT_ID, own.id(), agent.id(), supplied),
                        pick(Part.AGENT_HOST, own.host(), agent.host(), supplied),
                        pick(Part.AGENT_ADDRESSES, own.addresses(), agent.addresses(), supplied));
        boolean replaced = isAddressed() && supplied.remove(Part.ADDRESSES);
        List<IpAddress> kept = replaced ? List.of() : known.addresses();
        return known.withAgent(filled)
                .withAddresses(pick(Part.ADDRESSES, kept, addresses, supplied))
                .withMesos(merged.withSupplied(supplied));
    }

    /**
     * The facts of Mesos after a report of the owner: parts that the owner has reported are no
     * longer supplied by Mesos.
     *
     * @param addressed whether the instance took the task's addresses from the owner
     */
    static Optional<MesosFacts> without(
            Optional<MesosFacts> facts, Agent reported, boolean addressed) {
        return facts.map(
                one -> {
                    SortedSet<Part> left = new TreeSet<>(one.supplied());
                    if (!reported.id().isEmpty()) {
                        left.remove(Part.AGENT_ID);
                    }
                    if (!reported.host().isEmpty()) {
                        left.remove(Part.AGENT_HOST);
                    }
                    if (!reported.addresses().isEmpty()) {
                        left.remove(Part.AGENT_ADDRESSES);
                    }
                    if (addressed) {
                        left.remove(Part.ADDRESSES);
                    }
                    return one.withSupplied(left);
                });
    }

    private static String pick(Part part, String own, String mesos, SortedSet<Part> supplied) {
        boolean ours = supplies(part, own.isEmpty(), mesos.isEmpty(), supplied);
        return ours ? mesos : own;
    }

    private static List<IpAddress> pick(
            Part part, List<IpAddress> own, List<IpAddress> mesos, SortedSet<Part> supplied) {
        boolean ours = supplies(part, own.isEmpty(), mesos.isEmpty(), supplied);
        return ours ? mesos : own;
    }

    private static boolean supplies(
            Part part, boolean ownIsEmpty, boolean mesosIsEmpty, SortedSet<Part> supplied) {
        if (mesosIsEmpty || !ownIsEmpty && !supplied.contains(part)) {
            return false;
        }
        supplied.add(part);
        return true;
    }
}
