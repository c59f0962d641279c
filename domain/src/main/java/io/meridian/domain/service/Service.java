package io.meridian.domain.service;

import io.meridian.domain.service.ServiceEvent.DefinitionRevised;
import io.meridian.domain.service.ServiceEvent.InstanceChanged;
import io.meridian.domain.service.ServiceEvent.InstanceEnded;
import io.meridian.domain.service.ServiceEvent.InstanceStarted;
import io.meridian.domain.service.ServiceEvent.MesosSupplementRecorded;
import io.meridian.domain.service.ServiceEvent.ServiceRemoved;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * State of one service. {@link #decide} turns an observation into events, {@link #apply} applies
 * them; both are pure, and {@code apply} refuses no event.
 *
 * <p>Rules: an observation never lowers a task's phase. An ended task stays ended: Marathon reports
 * in any order, and each of its tasks has an id of its own. Mesos's source reports in order, and a
 * framework may use an id again: a task of Mesos alone that runs after its end has a new life. An
 * observation without a verdict or an address keeps the last one. A task starts when it runs and
 * its port layout is known. Where another source owns the service, Mesos only adds ({@link
 * MesosSupplement}, ADR 0021).
 *
 * @param definitions by version, oldest first: the newest, and older ones that live instances were
 *     started with
 * @param live running and stopping tasks
 * @param ended the last {@value #REMEMBERED} tasks of a definition that ended, oldest first: a late
 *     observation must not revive them
 * @param supplements what Mesos adds to tasks that the service's owner has not reported yet, oldest
 *     first; at most {@value #MAX_SUPPLEMENTS}
 */
public record Service(
        ServiceId id,
        List<ServiceDefinition> definitions,
        SortedMap<TaskId, Instance> live,
        SequencedSet<TaskId> ended,
        SequencedMap<TaskId, MesosSupplement> supplements) {
    /**
     * Number of ended tasks to remember. Late observations of a task come within seconds of its
     * end; a crash loop ends a few tasks a minute.
     */
    static final int REMEMBERED = 256;

    /**
     * Number of supplements to keep. Both sources report a task within seconds, but at a first
     * start one source may finish before the other begins.
     */
    static final int MAX_SUPPLEMENTS = 4096;

    /** Classes of the unmodifiable maps and sets that a {@code Service} creates. */
    private static final Class<?> FROZEN_MAP = frozen(new TreeMap<>()).getClass();

    private static final Class<?> FROZEN_SET = frozen(new LinkedHashSet<>()).getClass();
    private static final Class<?> FROZEN_SEQUENCED_MAP = frozen(new LinkedHashMap<>()).getClass();

    /** Number of definitions to keep besides those that live instances need. */
    private static final int SPARE_DEFINITIONS = 15;

    /** Copies mutable maps and sets; shares those of another {@code Service}. */
    public Service {
        definitions = List.copyOf(definitions);
        live = live.getClass() == FROZEN_MAP ? live : frozen(new TreeMap<>(live));
        ended = ended.getClass() == FROZEN_SET ? ended : frozen(new LinkedHashSet<>(ended));
        supplements =
                supplements == null // JSON leaves it out if it is empty
                        ? frozen(new LinkedHashMap<>())
                        : supplements.getClass() == FROZEN_SEQUENCED_MAP
                                ? supplements
                                : frozen(new LinkedHashMap<>(supplements));
    }

    private static <K, V> SortedMap<K, V> frozen(SortedMap<K, V> own) {
        return Collections.unmodifiableSortedMap(own);
    }

    private static <T> SequencedSet<T> frozen(SequencedSet<T> own) {
        return Collections.unmodifiableSequencedSet(own);
    }

    private static <K, V> SequencedMap<K, V> frozen(LinkedHashMap<K, V> own) {
        return Collections.unmodifiableSequencedMap(own);
    }

    /** A service without definition and tasks. */
    public static Service empty(ServiceId id) {
        return new Service(
                id, List.of(), new TreeMap<>(), new LinkedHashSet<>(), new LinkedHashMap<>());
    }

    /** Whether the service is defined or has tasks. */
    public boolean exists() {
        return !definitions.isEmpty() || !live.isEmpty();
    }

    public Optional<ServiceDefinition> newestDefinition() {
        return definitions.isEmpty() ? Optional.empty() : Optional.of(definitions.getLast());
    }

    /**
     * The events that follow from an observation; empty if it is late, repeated or not yet usable
     * ({@link #report}).
     */
    public List<ServiceEvent> decide(Observation observation) {
        return switch (observation) {
            case Observation.Defined claim -> onDefinition(claim.definition());
            case Observation.TaskSeen claim ->
                    onSighting(claim.sighting(), claim.reason(), true, false);
            case Observation.HealthSeen claim -> onHealth(claim.instance(), claim.health());
            case Observation.Listed claim -> onListing(claim);
            case Observation.MesosTaskSeen claim when claim.owned() ->
                    removeIfEmpty(onMesosTask(claim.task(), claim.reason(), true), claim.reason());
            case Observation.MesosTaskSeen claim -> onSupplement(claim.task());
            case Observation.MesosListed claim -> onListing(claim);
            case Observation.Absent claim -> removeIfEmpty(onAbsent(claim), claim.reason());
        };
    }

    /** The report to the ingest about an observation, after its events were applied. */
    public ObservationReport report(Observation observation) {
        return new ObservationReport(live.size(), missing(observation), uncovered(observation));
    }

    private SortedMap<TaskId, MissingInstance> missing(Observation observation) {
        SortedMap<TaskId, MissingInstance> missing = new TreeMap<>();
        if (observation instanceof Observation.Listing listing) {
            SortedSet<TaskId> listed = listing.listed();
            live.forEach(
                    (task, instance) -> {
                        if (!listed.contains(task)) {
                            missing.put(task, MissingInstance.of(instance));
                        }
                    });
        }
        return missing;
    }

    private SortedSet<Instant> uncovered(Observation observation) {
        SortedSet<Instant> versions = new TreeSet<>();
        for (TaskSighting task : sightings(observation)) {
            if (runs(task.phase())
                    && !live.containsKey(task.task())
                    && !ended.contains(task.task())
                    && definitionFor(task.version(), false).isEmpty()) {
                versions.add(task.version());
            }
        }
        return versions;
    }

    private static List<TaskSighting> sightings(Observation observation) {
        return switch (observation) {
            case Observation.TaskSeen seen -> List.of(seen.sighting());
            case Observation.Listed listing -> listing.tasks();
            case Observation.Defined _,
                    Observation.HealthSeen _,
                    Observation.MesosTaskSeen _,
                    Observation.MesosListed _,
                    Observation.Absent _ ->
                    List.of();
        };
    }

    /** The state after an event. Total: no event is refused. */
    public Service apply(ServiceEvent event) {
        return switch (event) {
            case DefinitionRevised e -> withDefinitions(revised(e.definition()));
            case InstanceStarted e -> withInstances(List.of(e.instance()));
            case InstanceChanged e -> withInstances(List.of(e.instance()));
            case InstanceEnded e -> withoutTask(e.task());
            case MesosSupplementRecorded e -> withSupplement(e.supplement());
            case ServiceRemoved _ ->
                    new Service(id, List.of(), new TreeMap<>(), ended, new LinkedHashMap<>());
        };
    }

    /** The state after several events. */
    public Service apply(List<ServiceEvent> events) {
        Service state = this;
        List<Instance> instances =
                new ArrayList<>(); // applied in groups, because each application copies all
        for (ServiceEvent event : events) {
            switch (event) {
                case InstanceStarted(ServiceId _, Instance started) -> instances.add(started);
                case InstanceChanged(ServiceId _, Instance changed) -> instances.add(changed);
                case DefinitionRevised _,
                        InstanceEnded _,
                        MesosSupplementRecorded _,
                        ServiceRemoved _ -> {
                    state = state.withInstances(instances).apply(event);
                    instances.clear();
                }
            }
        }
        return state.withInstances(instances);
    }

    private List<ServiceEvent> onDefinition(ServiceDefinition claimed) {
        for (ServiceDefinition known : definitions) {
            if (known.version().equals(claimed.version()) && !improves(claimed, known)) {
                return List.of();
            }
        }
        return List.of(new DefinitionRevised(id, claimed));
    }

    /**
     * Whether a claimed definition replaces a known one of the same version. An API event and a
     * listing differ in {@code configSince} only: the definition that covers more versions is kept.
     */
    private static boolean improves(ServiceDefinition claimed, ServiceDefinition known) {
        if (claimed.configSince().isAfter(known.configSince())) {
            ServiceDefinition widened =
                    new ServiceDefinition(
                            claimed.version(),
                            known.configSince(),
                            claimed.mode(),
                            claimed.containerizer(),
                            claimed.ports(),
                            claimed.healthChecked(),
                            claimed.refusals());
            return !widened.equals(known);
        }
        return !claimed.equals(known);
    }

    private List<ServiceEvent> onSighting(
            TaskSighting seen, String reason, boolean current, boolean fallback) {
        if (ended.contains(seen.task())) {
            return List.of();
        }
        if (seen.phase() == TaskPhase.GONE) {
            return List.of(new InstanceEnded(id, seen.task(), reason));
        }
        Instance known = live.get(seen.task());
        if (known != null) {
            Instance merged = merge(known, seen, current);
            return merged.equals(known) ? List.of() : List.of(new InstanceChanged(id, merged));
        }
        if (!runs(seen.phase())) {
            return List.of();
        }
        return definitionFor(seen.version(), fallback)
                .<List<ServiceEvent>>map(
                        definition -> List.of(new InstanceStarted(id, start(definition, seen))))
                .orElse(List.of());
    }

    private Instance merge(Instance known, TaskSighting seen, boolean current) {
        boolean runs = runs(seen.phase());
        boolean addressed = current && runs && !seen.addresses().isEmpty();
        List<BoundPort> ports = known.ports();
        if (runs && !seen.hostPorts().isEmpty()) {
            ports =
                    definitionFor(known.version(), false)
                            .map(definition -> bind(definition, seen).ports())
                            .orElse(ports);
        }
        return new Instance(
                known.task(),
                known.instance(),
                known.version(),
                known.agent().merge(seen.agent()),
                addressed ? seen.addresses() : known.addresses(),
                known.mode(),
                known.containerizer(),
                ports,
                seen.phase().compareTo(known.phase()) > 0 ? seen.phase() : known.phase(),
                current ? seen.unreachable() : known.unreachable(),
                known.healthChecked(),
                current && seen.health() != Health.UNKNOWN ? seen.health() : known.health(),
                MesosSupplement.without(known.mesos(), seen.agent(), addressed));
    }

    private List<ServiceEvent> onHealth(String instance, Health health) {
        List<ServiceEvent> events = new ArrayList<>();
        for (Instance known : live.values()) {
            if (health != Health.UNKNOWN
                    && known.instance().equals(instance)
                    && known.health() != health) {
                events.add(new InstanceChanged(id, known.withHealth(health)));
            }
        }
        return events;
    }

    private List<ServiceEvent> onListing(Observation.Listed listing) {
        List<ServiceEvent> events = new ArrayList<>(onDefinition(listing.definition()));
        Service state = apply(events);
        for (TaskSighting task :
                listing.tasks()) { // each task is listed once, so these don't depend on each other
            events.addAll(
                    state.onSighting(
                            task, "listed as ended", listing.current(), listing.fallback()));
        }
        return events;
    }

    private List<ServiceEvent> onMesosTask(MesosTask seen, String reason, boolean current) {
        Instance known = live.get(seen.id());
        if (seen.phase() == TaskPhase.GONE) {
            return known == null ? List.of() : List.of(new InstanceEnded(id, seen.id(), reason));
        }
        if (known != null) {
            Instance merged = MesosInstances.merge(known, seen, current);
            return merged.equals(known) ? List.of() : List.of(new InstanceChanged(id, merged));
        }
        return runs(seen.phase())
                ? List.of(new InstanceStarted(id, MesosInstances.start(seen)))
                : List.of();
    }

    private List<ServiceEvent> onListing(Observation.MesosListed listing) {
        String reason = "listed as ended";
        List<ServiceEvent> events = new ArrayList<>();
        for (MesosTask task : listing.tasks()) {
            events.addAll(onMesosTask(task, reason, listing.current()));
        }
        return removeIfEmpty(events, reason);
    }

    /**
     * Applies a task of Mesos where another source owns the service. Mesos has complete data only
     * of running tasks.
     */
    private List<ServiceEvent> onSupplement(MesosTask seen) {
        if (ended.contains(seen.id()) || !runs(seen.phase())) {
            return List.of();
        }
        MesosSupplement supplement = MesosSupplement.of(seen);
        Instance known = live.get(seen.id());
        if (known != null) {
            Instance filled = supplement.fill(known);
            return filled.equals(known) ? List.of() : List.of(new InstanceChanged(id, filled));
        }
        MesosSupplement before = supplements.get(seen.id());
        MesosSupplement now = before == null ? supplement : before.merge(supplement);
        return now.equals(before) ? List.of() : List.of(new MesosSupplementRecorded(id, now));
    }

    private boolean endsAll(List<ServiceEvent> events) {
        Set<TaskId> left = new HashSet<>(live.keySet());
        for (ServiceEvent event : events) {
            if (event instanceof InstanceStarted(ServiceId _, Instance started)) {
                left.add(started.task());
            } else if (event instanceof InstanceEnded(ServiceId _, TaskId task, String _)) {
                left.remove(task);
            }
        }
        return left.isEmpty();
    }

    /** Removes a service without definition, which Mesos owns, with its last task. */
    private List<ServiceEvent> removeIfEmpty(List<ServiceEvent> events, String reason) {
        if (events.isEmpty()
                || !definitions.isEmpty()
                || events.getLast() instanceof ServiceRemoved
                || !endsAll(events)) {
            return events;
        }
        List<ServiceEvent> all = new ArrayList<>(events);
        all.add(new ServiceRemoved(id, reason));
        return all;
    }

    private List<ServiceEvent> onAbsent(Observation.Absent claim) {
        List<ServiceEvent> events = new ArrayList<>();
        for (TaskId task : claim.tasks()) {
            if (live.containsKey(task)) {
                events.add(new InstanceEnded(id, task, claim.reason()));
            }
        }
        if (claim.removed() && exists() && events.size() == live.size()) {
            events.add(new ServiceRemoved(id, claim.reason()));
        }
        return events;
    }

    /**
     * The definition with the port layout of a task.
     *
     * @param fallback whether to use the newest definition if none covers the version
     */
    private Optional<ServiceDefinition> definitionFor(Instant version, boolean fallback) {
        for (ServiceDefinition definition : definitions.reversed()) {
            if (definition.covers(version)) {
                return Optional.of(definition);
            }
        }
        return fallback || version.equals(Instant.EPOCH) ? newestDefinition() : Optional.empty();
    }

    private Instance start(ServiceDefinition definition, TaskSighting seen) {
        Instance started = bind(definition, seen);
        MesosSupplement supplement = supplements.get(seen.task());
        return supplement == null ? started : supplement.fill(started);
    }

    private static Instance bind(ServiceDefinition definition, TaskSighting seen) {
        return new Instance(
                seen.task(),
                seen.instance(),
                seen.version(),
                seen.agent(),
                seen.addresses(),
                definition.mode(),
                definition.containerizer(),
                bindPorts(definition, seen),
                seen.phase(),
                seen.unreachable(),
                definition.healthChecked().contains(seen.container()),
                seen.health());
    }

    /**
     * Host ports line up with the i-th definition that has a host port, not with the i-th
     * definition.
     */
    private static List<BoundPort> bindPorts(ServiceDefinition definition, TaskSighting seen) {
        List<BoundPort> bound = new ArrayList<>();
        int next = 0;
        for (PortDefinition port : definition.ports()) {
            if (!port.container().equals(seen.container())) {
                continue;
            }
            int hostPort = 0;
            if (port.hasHostPort() && next < seen.hostPorts().size()) {
                hostPort = seen.hostPorts().get(next++);
            }
            int containerPort =
                    definition.mode() == NetworkMode.HOST
                            ? 0
                            : port.containerPort() == 0 ? hostPort : port.containerPort();
            bound.add(
                    new BoundPort(
                            port.name(),
                            port.protocols(),
                            containerPort,
                            hostPort,
                            port.vipLabels()));
        }
        return bound;
    }

    private List<ServiceDefinition> revised(ServiceDefinition definition) {
        List<ServiceDefinition> all = new ArrayList<>(definitions);
        all.removeIf(known -> known.version().equals(definition.version()));
        all.add(definition);
        all.sort(Comparator.comparing(ServiceDefinition::version));
        return all;
    }

    /** Drops definitions that no live instance needs, except the newest ones. */
    private Service withDefinitions(List<ServiceDefinition> all) {
        List<ServiceDefinition> kept = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            ServiceDefinition definition = all.get(i);
            boolean spare = i >= all.size() - 1 - SPARE_DEFINITIONS;
            if (spare
                    || live.values().stream()
                            .anyMatch(instance -> definition.covers(instance.version()))) {
                kept.add(definition);
            }
        }
        return new Service(id, kept, live, ended, supplements);
    }

    private Service withInstances(List<Instance> instances) {
        if (instances.isEmpty()) {
            return this;
        }
        SortedMap<TaskId, Instance> now = new TreeMap<>(live);
        instances.forEach(instance -> now.put(instance.task(), instance));
        List<TaskId> tasks = instances.stream().map(Instance::task).toList();
        return new Service(id, definitions, frozen(now), ended, supplementsWithout(tasks));
    }

    private SequencedMap<TaskId, MesosSupplement> supplementsWithout(List<TaskId> tasks) {
        if (tasks.stream().noneMatch(supplements::containsKey)) {
            return supplements;
        }
        LinkedHashMap<TaskId, MesosSupplement> left = new LinkedHashMap<>(supplements);
        tasks.forEach(left::remove);
        return frozen(left);
    }

    private Service withSupplement(MesosSupplement supplement) {
        LinkedHashMap<TaskId, MesosSupplement> kept = new LinkedHashMap<>(supplements);
        kept.put(supplement.task(), supplement);
        while (kept.size() > MAX_SUPPLEMENTS) {
            kept.pollFirstEntry();
        }
        return new Service(id, definitions, live, ended, frozen(kept));
    }

    private Service withoutTask(TaskId task) {
        Instance known = live.get(task);
        if (known != null && known.mesosOnly().isPresent()) {
            return new Service(id, definitions, liveWithout(task), ended, supplements);
        }
        SequencedSet<TaskId> remembered = new LinkedHashSet<>(ended);
        remembered.add(task);
        while (remembered.size() > REMEMBERED) {
            remembered.removeFirst();
        }
        return new Service(
                id,
                definitions,
                liveWithout(task),
                frozen(remembered),
                supplementsWithout(List.of(task)));
    }

    private SortedMap<TaskId, Instance> liveWithout(TaskId task) {
        if (!live.containsKey(task)) {
            return live;
        }
        SortedMap<TaskId, Instance> left = new TreeMap<>(live);
        left.remove(task);
        return frozen(left);
    }

    private static boolean runs(TaskPhase phase) {
        return phase == TaskPhase.RUNNING || phase == TaskPhase.KILLING;
    }
}
