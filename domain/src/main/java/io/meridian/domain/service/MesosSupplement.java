package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.MesosFacts.Part;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What Mesos adds to a task that another source tells of: it fills what that source has not said,
 * and takes back its own word where the source says it later. Whatever is heard first, the instance
 * is the same.
 *
 * @param agent see {@link MesosTask}
 * @param addresses see {@link MesosTask}
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

    /** The newer one; what it lacks is kept. */
    MesosSupplement merge(MesosSupplement newer) {
        return new MesosSupplement(
                task,
                agent.merge(newer.agent),
                newer.addresses.isEmpty() ? addresses : newer.addresses,
                facts.merge(newer.facts));
    }

    /** The instance with what this adds to it. */
    Instance fill(Instance known) {
        MesosFacts merged = known.mesos().map(before -> before.merge(facts)).orElse(facts);
        SortedSet<Part> supplied = new TreeSet<>(merged.supplied());
        Agent had = known.agent();
        Agent filled =
                new Agent(
                        pick(Part.AGENT_ID, had.id(), agent.id(), supplied),
                        pick(Part.AGENT_HOST, had.host(), agent.host(), supplied),
                        pick(Part.AGENT_ADDRESSES, had.addresses(), agent.addresses(), supplied));
        List<IpAddress> own = pick(Part.ADDRESSES, known.addresses(), addresses, supplied);
        return known.withAgent(filled).withAddresses(own).withMesos(merged.withSupplied(supplied));
    }

    /**
     * What Mesos fills of an instance after its owner has told of it.
     *
     * @param addressed whether the owner's word of the task's addresses was taken
     */
    static Optional<MesosFacts> without(
            Optional<MesosFacts> facts, Agent toldAgent, boolean addressed) {
        return facts.map(
                one -> {
                    SortedSet<Part> left = new TreeSet<>(one.supplied());
                    if (!toldAgent.id().isEmpty()) {
                        left.remove(Part.AGENT_ID);
                    }
                    if (!toldAgent.host().isEmpty()) {
                        left.remove(Part.AGENT_HOST);
                    }
                    if (!toldAgent.addresses().isEmpty()) {
                        left.remove(Part.AGENT_ADDRESSES);
                    }
                    if (addressed) {
                        left.remove(Part.ADDRESSES);
                    }
                    return one.withSupplied(left);
                });
    }

    private static String pick(Part part, String had, String told, SortedSet<Part> supplied) {
        boolean ours = supplies(part, had.isEmpty(), told.isEmpty(), supplied);
        return ours ? told : had;
    }

    private static List<IpAddress> pick(
            Part part, List<IpAddress> had, List<IpAddress> told, SortedSet<Part> supplied) {
        boolean ours = supplies(part, had.isEmpty(), told.isEmpty(), supplied);
        return ours ? told : had;
    }

    private static boolean supplies(
            Part part, boolean open, boolean untold, SortedSet<Part> supplied) {
        if (untold || !open && !supplied.contains(part)) {
            return false;
        }
        supplied.add(part);
        return true;
    }
}
