package io.meridian.projections;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
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
 * Net effect of a batch of journal entries: the last state of each instance and service. Pure.
 *
 * @param services each service that has a new event
 * @param instances last state; empty for an instance that has ended
 */
record ServiceBatch(
        SortedMap<ServiceId, ServiceState> services, SortedMap<Key, Optional<Instance>> instances) {
    /** State of a service's row before the batch. */
    record Applied(long sequenceNr, boolean removed) {
        static final Applied NOTHING = new Applied(0, false);
    }

    /**
     * State of a service's row after the batch.
     *
     * @param definition empty if the batch has no new one
     */
    record ServiceState(long sequenceNr, boolean removed, Optional<ServiceDefinition> definition) {}

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
     * Leaves out entries that the tables already include, so that a repeated entry changes nothing.
     *
     * @param entries in journal order per service
     */
    static ServiceBatch of(
            List<SequencedEvent<ServiceEventBatch>> entries, Map<ServiceId, Applied> applied) {
        ServiceBatch.Builder builder = new Builder(applied);
        entries.forEach(builder::add);
        return new ServiceBatch(builder.services, builder.instances);
    }

    /** The tasks whose instances an entry changes; may hold a task twice. */
    static List<TaskId> tasks(ServiceEventBatch entry) {
        List<TaskId> tasks = new ArrayList<>();
        for (ServiceEvent event : entry.events()) {
            switch (event) {
                case ServiceEvent.InstanceStarted started -> tasks.add(started.instance().task());
                case ServiceEvent.InstanceChanged changed -> tasks.add(changed.instance().task());
                case ServiceEvent.InstanceEnded ended -> tasks.add(ended.task());
                case ServiceEvent.DefinitionRevised _,
                        ServiceEvent.ServiceRemoved _,
                        ServiceEvent.MesosSupplementRecorded _ -> {} // no instance that has rows
            }
        }
        return tasks;
    }

    private static final class Builder {
        private final Map<ServiceId, Applied> applied;
        private final SortedMap<ServiceId, ServiceState> services = new TreeMap<>();
        private final SortedMap<Key, Optional<Instance>> instances = new TreeMap<>();

        private Builder(Map<ServiceId, Applied> applied) {
            this.applied = applied;
        }

        private void add(SequencedEvent<ServiceEventBatch> entry) {
            ServiceId service = entry.event().service();
            Applied base = applied.getOrDefault(service, Applied.NOTHING);
            ServiceState before =
                    services.getOrDefault(
                            service,
                            new ServiceState(base.sequenceNr(), base.removed(), Optional.empty()));
            if (entry.sequenceNr() <= before.sequenceNr()) {
                return;
            }
            for (ServiceEvent event : entry.event().events()) {
                before = add(event, entry.sequenceNr(), before);
            }
            services.put(service, before);
        }

        private ServiceState add(ServiceEvent event, long seqNr, ServiceState before) {
            ServiceId service = event.service();
            ServiceState same = new ServiceState(seqNr, before.removed(), before.definition());
            return switch (event) {
                case ServiceEvent.DefinitionRevised revised ->
                        new ServiceState(seqNr, false, Optional.of(revised.definition()));
                case ServiceEvent.ServiceRemoved _ ->
                        new ServiceState(seqNr, true, before.definition());
                case ServiceEvent.InstanceStarted started -> // needs no definition
                        put(
                                service,
                                started.instance(),
                                new ServiceState(seqNr, false, before.definition()));
                case ServiceEvent.InstanceChanged changed -> put(service, changed.instance(), same);
                case ServiceEvent.InstanceEnded ended -> end(service, ended.task(), same);
                // A supplement from Mesos alone does not create a service.
                case ServiceEvent.MesosSupplementRecorded _ ->
                        new ServiceState(
                                seqNr,
                                before.removed() || before.sequenceNr() == 0,
                                before.definition());
            };
        }

        private ServiceState end(ServiceId service, TaskId task, ServiceState state) {
            instances.put(new Key(service, task), Optional.empty());
            return state;
        }

        private ServiceState put(ServiceId service, Instance instance, ServiceState state) {
            instances.put(new Key(service, instance.task()), Optional.of(instance));
            return state;
        }
    }
}
