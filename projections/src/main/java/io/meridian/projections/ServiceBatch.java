package io.meridian.projections;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a batch of events amounts to: only the last condition of each instance and service counts.
 * Pure.
 *
 * @param services every service that has a new event
 * @param instances last condition; empty for those that have ended
 */
record ServiceBatch(
        SortedMap<ServiceId, Fate> services, SortedMap<Key, Optional<Instance>> instances) {
    /** An event and its place in its service's journal. */
    record Numbered(long sequenceNr, ServiceEvent event) {}

    /** What is known of a service before the batch. */
    record Known(long sequenceNr, boolean removed) {
        static final Known NOTHING = new Known(0, false);
    }

    /**
     * What became of a service.
     *
     * @param definition empty if the batch has no new one
     */
    record Fate(long sequenceNr, boolean removed, Optional<ServiceDefinition> definition) {}

    record Key(ServiceId service, TaskId task) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byService = service.compareTo(other.service);
            return byService != 0 ? byService : task.compareTo(other.task);
        }
    }

    ServiceBatch {
        services = Collections.unmodifiableSortedMap(services);
        instances = Collections.unmodifiableSortedMap(instances);
    }

    /**
     * Events that the tables already include are left out, so a repeated event changes nothing.
     *
     * @param events in journal order per service
     */
    static ServiceBatch of(List<Numbered> events, Map<ServiceId, Known> known) {
        ServiceBatch.Builder builder = new Builder(known);
        events.forEach(builder::add);
        return new ServiceBatch(builder.services, builder.instances);
    }

    /** Tasks of whose instances an event tells; one may be there twice. */
    static List<TaskId> tasks(ServiceEvent event) {
        List<TaskId> tasks = new ArrayList<>();
        for (ServiceEvent fact : event.facts()) {
            switch (fact) {
                case ServiceEvent.InstanceStarted started -> tasks.add(started.instance().task());
                case ServiceEvent.InstanceChanged changed -> tasks.add(changed.instance().task());
                case ServiceEvent.InstanceEnded ended -> tasks.add(ended.task());
                case ServiceEvent.InstanceMissed missed -> tasks.add(missed.task());
                case ServiceEvent.DefinitionRevised _,
                        ServiceEvent.ServiceRemoved _,
                        ServiceEvent.MesosSupplementRecorded _,
                        ServiceEvent.Several _ -> {} // of no instance that has rows
            }
        }
        return tasks;
    }

    private static final class Builder {
        private final Map<ServiceId, Known> known;
        private final SortedMap<ServiceId, Fate> services = new TreeMap<>();
        private final SortedMap<Key, Optional<Instance>> instances = new TreeMap<>();

        private Builder(Map<ServiceId, Known> known) {
            this.known = known;
        }

        private void add(Numbered numbered) {
            ServiceId service = numbered.event().service();
            Known base = known.getOrDefault(service, Known.NOTHING);
            Fate before =
                    services.getOrDefault(
                            service, new Fate(base.sequenceNr(), base.removed(), Optional.empty()));
            if (numbered.sequenceNr() <= before.sequenceNr()) {
                return;
            }
            for (ServiceEvent fact : numbered.event().facts()) {
                before = add(fact, numbered.sequenceNr(), before);
            }
            services.put(service, before);
        }

        private Fate add(ServiceEvent fact, long seqNr, Fate before) {
            ServiceId service = fact.service();
            Fate same = new Fate(seqNr, before.removed(), before.definition());
            return switch (fact) {
                case ServiceEvent.DefinitionRevised revised ->
                        new Fate(seqNr, false, Optional.of(revised.definition()));
                case ServiceEvent.ServiceRemoved _ -> new Fate(seqNr, true, before.definition());
                case ServiceEvent.InstanceStarted started -> // nobody need define it
                        put(
                                service,
                                started.instance(),
                                new Fate(seqNr, false, before.definition()));
                case ServiceEvent.InstanceChanged changed -> put(service, changed.instance(), same);
                case ServiceEvent.InstanceEnded ended -> end(service, ended.task(), same);
                case ServiceEvent.InstanceMissed missed -> end(service, missed.task(), same);
                // A service of which there is but a note is none yet.
                case ServiceEvent.MesosSupplementRecorded _ ->
                        new Fate(
                                seqNr,
                                before.removed() || before.sequenceNr() == 0,
                                before.definition());
                case ServiceEvent.Several several ->
                        throw new IllegalStateException("several facts in one: " + several);
            };
        }

        private Fate end(ServiceId service, TaskId task, Fate fate) {
            instances.put(new Key(service, task), Optional.empty());
            return fate;
        }

        private Fate put(ServiceId service, Instance instance, Fate fate) {
            instances.put(new Key(service, instance.task()), Optional.of(instance));
            return fate;
        }
    }
}
