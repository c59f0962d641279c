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
public record MesosNote(TaskId task, Agent agent, List<IpAddress> addresses, MesosFacts facts) {
    public MesosNote {
        addresses = List.copyOf(addresses);
    }

    static MesosNote of(MesosTask task) {
        return new MesosNote(task.id(), task.agent(), task.addresses(), MesosFacts.of(task, false));
    }

    /** The newer one; what it lacks is kept. */
    MesosNote merge(MesosNote newer) {
        return new MesosNote(
                task,
                agent.merge(newer.agent),
                newer.addresses.isEmpty() ? addresses : newer.addresses,
                facts.merge(newer.facts));
    }

    /** The instance with what this adds to it. */
    Instance fill(Instance known) {
        MesosFacts merged = known.mesos().map(before -> before.merge(facts)).orElse(facts);
        SortedSet<Part> fills = new TreeSet<>(merged.fills());
        Agent had = known.agent();
        Agent filled =
                new Agent(
                        pick(Part.AGENT_ID, had.id(), agent.id(), fills),
                        pick(Part.AGENT_HOST, had.host(), agent.host(), fills),
                        pick(Part.AGENT_ADDRESSES, had.addresses(), agent.addresses(), fills));
        List<IpAddress> own = pick(Part.ADDRESSES, known.addresses(), addresses, fills);
        return known.withAgent(filled).withAddresses(own).withMesos(merged.filling(fills));
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
                    SortedSet<Part> left = new TreeSet<>(one.fills());
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
                    return one.filling(left);
                });
    }

    private static String pick(Part part, String had, String told, SortedSet<Part> fills) {
        boolean ours = fills(part, had.isEmpty(), told.isEmpty(), fills);
        return ours ? told : had;
    }

    private static List<IpAddress> pick(
            Part part, List<IpAddress> had, List<IpAddress> told, SortedSet<Part> fills) {
        boolean ours = fills(part, had.isEmpty(), told.isEmpty(), fills);
        return ours ? told : had;
    }

    private static boolean fills(Part part, boolean open, boolean untold, SortedSet<Part> fills) {
        if (untold || !open && !fills.contains(part)) {
            return false;
        }
        fills.add(part);
        return true;
    }
}
