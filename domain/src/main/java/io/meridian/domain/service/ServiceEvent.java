package io.meridian.domain.service;

import java.util.ArrayList;
import java.util.List;

/** A fact about one service, as journalled. Carries all that projections need. */
public sealed interface ServiceEvent {
    /** Entity type in the journal; part of every persistence id, never changed. */
    String ENTITY_TYPE = "service";

    ServiceId service();

    /** The definition is new or has changed. */
    record DefinitionRevised(ServiceId service, ServiceDefinition definition)
            implements ServiceEvent {}

    /** A task was first seen to run (or to be stopping, if that was heard first). */
    record InstanceStarted(ServiceId service, Instance instance) implements ServiceEvent {}

    /** Phase, health, reachability or addresses of a live instance are now these. */
    record InstanceChanged(ServiceId service, Instance instance) implements ServiceEvent {}

    /**
     * A task has ended.
     *
     * @param reason one phrase for people: the Mesos state, or how the absence was proven
     */
    record InstanceEnded(ServiceId service, TaskId task, String reason) implements ServiceEvent {}

    /**
     * Good listings lack a task that only Mesos tells of. It has no records any more, but may come
     * back: an agent can register again long after its leader has given it up.
     *
     * @param reason how the absence was proven, for people
     */
    record InstanceMissed(ServiceId service, TaskId task, String reason) implements ServiceEvent {}

    /** What Mesos adds to a task that the service's own source has not told of yet. */
    record MesosSupplementRecorded(ServiceId service, MesosSupplement supplement)
            implements ServiceEvent {}

    /** The service is no longer defined. Its instances have ended by events of their own. */
    record ServiceRemoved(ServiceId service, String reason) implements ServiceEvent {}

    /**
     * Facts that follow from one claim, in order: one entry of the journal instead of many.
     *
     * @param facts 2 to {@value #MOST}, all about the service; none is itself several
     */
    record Several(ServiceId service, List<ServiceEvent> facts) implements ServiceEvent {
        /**
         * An entry must fit into one message between nodes, and a fact takes about 1 kB, more if it
         * has many ports.
         */
        static final int MOST = 64;

        public Several {
            facts = List.copyOf(facts);
            if (facts.size() < 2 || facts.size() > MOST) {
                throw new IllegalArgumentException(
                        "several facts are 2 to " + MOST + ": was " + facts.size());
            }
            for (ServiceEvent fact : facts) {
                if (fact instanceof Several || !fact.service().equals(service)) {
                    throw new IllegalArgumentException(
                            "not a single fact about " + service + ": " + fact);
                }
            }
        }
    }

    /**
     * The same facts in as few events as hold them.
     *
     * @param facts about one service, in order; none is {@link Several}
     */
    static List<ServiceEvent> packed(List<ServiceEvent> facts) {
        List<ServiceEvent> packed = new ArrayList<>();
        List<ServiceEvent> next = new ArrayList<>();
        int weight = 0;
        for (ServiceEvent fact : facts) {
            int own = weight(fact);
            if (!next.isEmpty() && weight + own > Several.MOST) {
                packed.add(one(next));
                next.clear();
                weight = 0;
            }
            next.add(fact);
            weight += own;
        }
        if (!next.isEmpty()) {
            packed.add(one(next));
        }
        return packed;
    }

    private static ServiceEvent one(List<ServiceEvent> facts) {
        ServiceEvent first = facts.getFirst();
        return facts.size() == 1 ? first : new Several(first.service(), facts);
    }

    /** About how many kB it takes, 1 or more: some have a hundred ports. */
    private static int weight(ServiceEvent fact) {
        int ports =
                switch (fact) {
                    case DefinitionRevised revised -> revised.definition().ports().size();
                    case InstanceStarted started -> started.instance().ports().size();
                    case InstanceChanged changed -> changed.instance().ports().size();
                    case InstanceEnded _,
                            InstanceMissed _,
                            MesosSupplementRecorded _,
                            ServiceRemoved _,
                            Several _ ->
                            0;
                };
        return 1 + ports / 6;
    }

    /** The single facts of this event, in order. */
    default List<ServiceEvent> facts() {
        return List.of(this);
    }
}
