package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.MesosTask.PortMapping;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.MesosState;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Merges all reports and updates of one task. Used by one thread. */
final class TaskEntry {
    /** Reasons of TASK_LOST after which the task may return with its agent. */
    private static final Set<String> MAY_RETURN =
            Set.of(
                    "",
                    "REASON_AGENT_DISCONNECTED",
                    "REASON_AGENT_REMOVED",
                    "REASON_AGENT_REMOVED_BY_OPERATOR",
                    "REASON_SLAVE_DISCONNECTED",
                    "REASON_SLAVE_REMOVED",
                    "REASON_SLAVE_REMOVED_BY_OPERATOR",
                    "REASON_RECONCILIATION");

    private static final Comparator<StatusReport> BY_TIME =
            Comparator.comparingDouble(StatusReport::timestamp);

    private final TaskKey key;
    private TaskReport report;
    private String agent;
    private String state;
    private Optional<TaskPhase> phase = Optional.empty();
    private boolean unreachable;
    private double newestStatus = Double.NEGATIVE_INFINITY;
    private Health health = Health.UNKNOWN;
    private Optional<StatusReport> running = Optional.empty();
    private Optional<Agent> lastAgent = Optional.empty();
    private int epoch;

    /** The task as last emitted; null before the first time. */
    private MesosTask emitted;

    /** The caller passes the report to {@link #take(TaskReport, int)} as well. */
    TaskEntry(TaskReport first) {
        key = first.key();
        report = first;
        agent = first.agent();
        state = first.state();
    }

    /** The state of that name; TASK_LOST for a final reason counts as TASK_GONE. */
    static MesosState state(String name, Optional<StatusReport> status) {
        MesosState state = MesosState.of(name).orElse(MesosState.TASK_UNKNOWN);
        boolean forGood =
                state == MesosState.TASK_LOST
                        && status.filter(
                                        given ->
                                                given.state().equals(name)
                                                        && !given.lostContact()
                                                        && !MAY_RETURN.contains(given.reason()))
                                .isPresent();
        return forGood ? MesosState.TASK_GONE : state;
    }

    /** The newest status of a report. */
    static Optional<StatusReport> latest(TaskReport report) {
        StatusReport latest = null;
        for (StatusReport status : report.statuses()) {
            if (latest == null || Double.compare(status.timestamp(), latest.timestamp()) > 0) {
                latest = status;
            }
        }
        return Optional.ofNullable(latest);
    }

    /** A report of the whole task. */
    void take(TaskReport full, int seenIn) {
        report = full.withoutStatuses();
        if (!full.agent().isEmpty()) {
            agent = full.agent();
        }
        epoch = seenIn;
        List<StatusReport> statuses = new ArrayList<>(full.statuses());
        statuses.sort(BY_TIME);
        statuses.forEach(this::take);
        state(full.state(), state(full.state(), latest(full)));
        if (unreachable && !statuses.isEmpty()) {
            raise(TaskPhase.STAGING);
            statuses.forEach(this::past);
        }
    }

    /** Raises the phase to that before the task became unreachable. */
    private void past(StatusReport status) {
        MesosState then = state(status.state(), Optional.of(status));
        if (!then.unreachable() && then.phase() != TaskPhase.GONE) {
            raise(then.phase());
        }
    }

    /** An update. */
    void take(MesosEvent.TaskUpdated update, int seenIn) {
        epoch = seenIn;
        if (!update.status().agent().isEmpty()) {
            agent = update.status().agent();
        }
        take(update.status());
        state(update.state(), state(update.state(), Optional.of(update.status())));
    }

    /**
     * Takes a status that is newer than all before. Only the statuses of one document are ordered
     * by their time stamps: the clock of an agent may be set back.
     */
    private void take(StatusReport status) {
        newestStatus = Math.max(newestStatus, status.timestamp());
        if (status.health() != Health.UNKNOWN) {
            health = status.health();
        }
        if (status.state().equals(MesosState.TASK_RUNNING.name()) && status.tellsAddresses()) {
            running = Optional.of(status);
        }
    }

    /** Phases only rise. An unreachable state is no phase and keeps the last one. */
    private void state(String name, MesosState now) {
        state = name;
        unreachable = now.unreachable();
        if (!unreachable) {
            raise(now.phase());
        }
    }

    private void raise(TaskPhase to) {
        if (phase.filter(before -> before.compareTo(to) > 0).isEmpty()) {
            phase = Optional.of(to);
        }
    }

    /**
     * The task as observations carry it.
     *
     * @param known agent of the task; if empty, the last known agent applies
     */
    MesosTask described(String framework, Optional<Agent> known, Set<String> bridges) {
        if (known.isPresent()) {
            lastAgent = known;
        }
        Agent on =
                lastAgent
                        .filter(last -> last.id().equals(agent))
                        .orElseGet(() -> new Agent(agent, "", List.of()));
        return new MesosTask(
                new TaskId(key.framework(), key.task()),
                framework,
                report.name(),
                report.discovery(),
                phase.orElse(TaskPhase.RUNNING),
                unreachable,
                on,
                mode(bridges),
                report.containerizer(),
                addresses(),
                running.map(StatusReport::dockerAddresses).orElse(List.of()),
                running.map(StatusReport::mesosAddresses).orElse(List.of()),
                report.hostPorts(),
                mappings(),
                report.labels(),
                health,
                report.healthChecked());
    }

    /**
     * The network mode. Docker containers declare theirs. For other containers the names of the
     * requested networks decide. For a task in a pod the networks of its status decide, because its
     * executor requests them. The host's network has no name.
     */
    private NetworkMode mode(Set<String> bridges) {
        boolean docker = report.containerizer() == Containerizer.DOCKER;
        List<StatusReport.Network> asked = new ArrayList<>();
        for (StatusReport.Network network : report.requested()) {
            if (!docker || !network.name().isEmpty()) {
                asked.add(network);
            }
        }
        if (report.declared().isPresent() && (!docker || asked.isEmpty())) {
            return report.declared().get();
        }
        List<String> names = new ArrayList<>();
        addNames(asked, names);
        addNames(reported(), names);
        if (names.isEmpty()) {
            // An old network module gives a container network without a name.
            return asked.isEmpty() ? NetworkMode.HOST : NetworkMode.CONTAINER;
        }
        return bridges.containsAll(names)
                ? NetworkMode.BRIDGE
                : report.declared().orElse(NetworkMode.CONTAINER);
    }

    private static void addNames(List<StatusReport.Network> networks, List<String> names) {
        for (StatusReport.Network network : networks) {
            if (!network.name().isEmpty()) {
                names.add(network.name());
            }
        }
    }

    /** Networks of the newest status with addresses. */
    private List<StatusReport.Network> reported() {
        return running.isPresent() ? running.get().networks() : List.of();
    }

    private List<IpAddress> addresses() {
        Set<IpAddress> distinct = new LinkedHashSet<>();
        reported().forEach(network -> distinct.addAll(network.addresses()));
        return List.copyOf(distinct);
    }

    /**
     * Port mappings that the container requests; otherwise those of its status (pods, old Docker
     * versions).
     */
    private List<PortMapping> mappings() {
        List<PortMapping> asked = mappings(report.requested());
        return asked.isEmpty() ? mappings(reported()) : asked;
    }

    private static List<PortMapping> mappings(List<StatusReport.Network> networks) {
        if (networks.isEmpty()) {
            return List.of();
        }
        Set<PortMapping> distinct = new LinkedHashSet<>();
        networks.forEach(network -> distinct.addAll(network.mappings()));
        return List.copyOf(distinct);
    }

    TaskKey key() {
        return key;
    }

    String agent() {
        return agent;
    }

    /** Name of the state. */
    String state() {
        return state;
    }

    /** Largest time stamp of a status; negative infinity without any. */
    double newestStatus() {
        return newestStatus;
    }

    /**
     * Whether a report is of a later life of the task's id: on another agent, because a task never
     * moves, or a launch on the stream, which has no statuses, of a task that was launched before.
     */
    boolean isRelaunchedBy(TaskReport newer, boolean onStream) {
        boolean elsewhere =
                !agent.isEmpty() && !newer.agent().isEmpty() && !agent.equals(newer.agent());
        boolean launched = phase.filter(now -> now != TaskPhase.STAGING).isPresent();
        return elsewhere || onStream && launched && newer.statuses().isEmpty();
    }

    boolean hasEnded() {
        return phase.filter(TaskPhase.GONE::equals).isPresent();
    }

    boolean isUnreachable() {
        return unreachable;
    }

    int epoch() {
        return epoch;
    }

    /** Whether the task differs from the one last emitted; records it as emitted. */
    boolean news(MesosTask now) {
        boolean news = !now.equals(emitted);
        emitted = now;
        return news;
    }

    /** Ends the task without a status. */
    void end(String reason) {
        state = reason;
        phase = Optional.of(TaskPhase.GONE);
        unreachable = false;
    }
}
