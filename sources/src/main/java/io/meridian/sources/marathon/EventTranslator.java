package io.meridian.sources.marathon;

import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.MesosState;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.marathon.MarathonEvent.Target;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Translates an event to the actions that follow from it. No clock, no I/O. Remembers the instances
 * that a task status has ended, to recognize an end that no status has reported.
 *
 * <p>On the happy path of a deployment the status and API events carry all there is to know, so
 * only the deployment's own events lead to re-reads: a few for each service, independent of its
 * number of tasks.
 */
final class EventTranslator {
    /**
     * Conditions after which an instance has no task; {@code UnreachableInactive} is not one of
     * them.
     */
    private static final Set<String> ENDED =
            Set.of("Finished", "Failed", "Killed", "Error", "Gone", "Dropped");

    private static final int REMEMBERED = 4096;

    private final String framework;
    private final ToIntFunction<ServiceId> healthChecks;
    private final Map<String, Boolean> endedByStatus =
            new LinkedHashMap<>() {
                @java.io.Serial private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            };

    /**
     * @param healthChecks gives the number of a service's health checks; 0 for an unknown service
     */
    EventTranslator(String framework, ToIntFunction<ServiceId> healthChecks) {
        this.framework = framework;
        this.healthChecks = healthChecks;
    }

    List<EventAction> translate(MarathonEvent event) {
        return switch (event) {
            case MarathonEvent.StatusUpdate e -> status(e);
            case MarathonEvent.InstanceChanged e -> changed(e);
            case MarathonEvent.InstanceHealthChanged e ->
                    health(id(e.service()), e.instance(), e.health());
            case MarathonEvent.CheckChanged e -> check(e);
            case MarathonEvent.UnknownInstanceTerminated e -> terminated(e);
            case MarathonEvent.AppTerminated e ->
                    List.of(
                            new EventAction.MarkOutdated(id(e.service())),
                            hint(id(e.service()), Optional.empty(), e.type()),
                            reread(e.service(), ServiceKind.UNKNOWN));
            case MarathonEvent.AppPosted e ->
                    List.of(
                            new EventAction.MarkOutdated(id(e.service())),
                            new EventAction.ServiceChanging(id(e.service())),
                            new EventAction.Emit(
                                    new SourceSignal.Observed(
                                            new Observation.Defined(
                                                    id(e.service()), e.definition()))));
            case MarathonEvent.PodChanged e when e.pod().isEmpty() ->
                    List.of(new EventAction.ResolveGroupChange("/"));
            case MarathonEvent.PodChanged e ->
                    List.of(
                            new EventAction.ServiceChanging(id(e.pod())),
                            reread(e.pod(), ServiceKind.POD));
            case MarathonEvent.GroupChanged e ->
                    List.of(new EventAction.ResolveGroupChange(e.group()));
            case MarathonEvent.Deployment e -> deployment(e);
            case MarathonEvent.SchedulerChanged e -> List.of(new EventAction.ListAll(e.type()));
            case MarathonEvent.UnhealthyKill e ->
                    List.of(new EventAction.MarkOutdated(id(e.service())));
            case MarathonEvent.Unreadable e ->
                    List.of(new EventAction.ListAll("unreadable " + e.type()));
            case MarathonEvent.Refused _,
                    MarathonEvent.CheckNoticed _,
                    MarathonEvent.GroupChangeFailed _,
                    MarathonEvent.SubscriberChanged _,
                    MarathonEvent.FrameworkMessage _,
                    MarathonEvent.Unknown _ ->
                    List.of();
        };
    }

    private ServiceId id(String path) {
        return new ServiceId(framework, path);
    }

    private EventAction reread(String path, ServiceKind kind) {
        return new EventAction.Reread(id(path), kind);
    }

    private static EventAction hint(ServiceId service, Optional<String> instance, String reason) {
        return new EventAction.Emit(new SourceSignal.EndHinted(service, instance, reason));
    }

    private List<EventAction> status(MarathonEvent.StatusUpdate e) {
        ServiceId service = id(e.service());
        Optional<MesosState> known = MesosState.of(e.state());
        if (known.isEmpty()) {
            return List.of(
                    new EventAction.MarkOutdated(service),
                    reread(e.service(), ServiceKind.UNKNOWN));
        }
        MesosState state = known.get();
        TaskName name = TaskName.of(e.task());
        if (state.phase() == TaskPhase.GONE) {
            endedByStatus.put(name.instance(), true);
        } else {
            endedByStatus.remove(name.instance());
        }
        TaskSighting sighting =
                new TaskSighting(
                        new TaskId(e.task()),
                        name.instance(),
                        name.container(),
                        e.version(),
                        state.phase(),
                        state.unreachable(),
                        new Agent(e.agentId(), e.host(), List.of()),
                        state.tellsAddresses() ? e.addresses() : List.of(),
                        e.hostPorts(),
                        Health.UNKNOWN);
        return List.of(
                new EventAction.MarkOutdated(service),
                new EventAction.Emit(
                        new SourceSignal.Observed(
                                new Observation.TaskSeen(service, sighting, e.state()))));
    }

    /**
     * An end that no status reported, such as that of an expunged instance, is only a hint: a
     * listing must confirm it.
     */
    private List<EventAction> changed(MarathonEvent.InstanceChanged e) {
        EventAction touch = new EventAction.MarkOutdated(id(e.service()));
        boolean reported =
                !ENDED.contains(e.condition()) || endedByStatus.remove(e.instance()) != null;
        return reported
                ? List.of(touch)
                : List.of(
                        touch,
                        hint(
                                id(e.service()),
                                Optional.of(e.instance()),
                                "instance " + e.condition()),
                        reread(e.service(), ServiceKind.UNKNOWN));
    }

    /** Condition {@code Unknown} means that Mesos does not know the task, which is no end. */
    private List<EventAction> terminated(MarathonEvent.UnknownInstanceTerminated e) {
        EventAction reread = reread(e.service(), ServiceKind.UNKNOWN);
        return ENDED.contains(e.condition())
                ? List.of(
                        hint(
                                id(e.service()),
                                Optional.of(e.instance()),
                                "forgotten instance " + e.condition()),
                        reread)
                : List.of(reread);
    }

    /**
     * Translates one check's result. If a service has several checks, one failure makes an instance
     * unhealthy, but one success does not make it healthy.
     */
    private List<EventAction> check(MarathonEvent.CheckChanged e) {
        if (e.alive() && healthChecks.applyAsInt(id(e.service())) > 1) {
            return List.of(
                    new EventAction.MarkOutdated(id(e.service())),
                    reread(e.service(), ServiceKind.UNKNOWN));
        }
        return health(id(e.service()), e.instance(), e.alive() ? Health.HEALTHY : Health.UNHEALTHY);
    }

    private static List<EventAction> health(ServiceId service, String instance, Health health) {
        EventAction touch = new EventAction.MarkOutdated(service);
        return health == Health.UNKNOWN
                ? List.of(touch)
                : List.of(
                        touch,
                        new EventAction.Emit(
                                new SourceSignal.Observed(
                                        new Observation.HealthSeen(service, instance, health))));
    }

    private List<EventAction> deployment(MarathonEvent.Deployment e) {
        List<Target> reread =
                switch (e.type()) {
                    case "deployment_info" -> e.current();
                    case "deployment_success", "deployment_failed" -> e.planned();
                    default -> List.of(); // the next step's deployment_info or the end of the
                        // deployment follows at once
                };
        return Stream.concat(
                        Stream.concat(e.current().stream(), e.planned().stream())
                                .distinct()
                                .<EventAction>map(
                                        target ->
                                                new EventAction.ServiceChanging(
                                                        id(target.service()))),
                        reread.stream().map(target -> reread(target.service(), target.kind())))
                .toList();
    }
}
