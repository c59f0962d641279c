package io.meridian.sources.mesos;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.mesos.HostPort;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.sources.SourceSignal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The known agents and frameworks; emits a claim for each change. Pure but for the signals that it
 * emits; used by one thread.
 */
final class ClusterFold {
    private final HostAddresses book;

    /** Answers in a row without an agent's name after which the agent counts as lost. */
    private static final int UNNAMED_LIMIT = 2;

    private final Consumer<SourceSignal> sink;
    private final Map<String, KnownAgent> agents = new TreeMap<>();
    private final Map<String, KnownFramework> frameworks = new TreeMap<>();
    private long heard;

    private static final class KnownAgent {
        private AgentReport report;
        private int epoch;
        private long heardAt;
        private int unnamed; // answers in a row

        /**
         * Whether the master has lost contact with the agent. Its tasks may return; DNS does not
         * serve the agent's names.
         */
        private boolean lost;

        private ClusterClaim.AgentSeen emitted;
        private Agent described;
    }

    private static final class KnownFramework {
        private FrameworkReport report;
        private int epoch;
        private ClusterClaim.FrameworkSeen emitted;
    }

    ClusterFold(HostAddresses book, Consumer<SourceSignal> sink) {
        this.book = book;
        this.sink = sink;
    }

    /** An agent is registered. */
    void agent(AgentReport report, int epoch) {
        KnownAgent known = agents.computeIfAbsent(report.id(), _ -> new KnownAgent());
        known.report = report;
        known.epoch = epoch;
        known.heardAt = ++heard;
        known.unnamed = 0;
        known.lost = false;
        emit(known);
    }

    /** A framework is subscribed. A report without pid keeps the known one. */
    void framework(FrameworkReport report, int epoch) {
        KnownFramework known = frameworks.computeIfAbsent(report.id(), _ -> new KnownFramework());
        Optional<String> pid =
                report.pid().isPresent() || known.report == null
                        ? report.pid()
                        : known.report.pid();
        known.report = new FrameworkReport(report.id(), report.name(), pid, report.hostname());
        known.epoch = epoch;
        emit(known);
    }

    /** The master has lost contact with an agent. */
    void lost(String agent) {
        KnownAgent known = agents.get(agent);
        if (known != null && !known.lost) {
            known.lost = true;
            known.emitted = null;
            emit(new ClusterClaim.AgentGone(agent));
        }
    }

    /** Number of agent reports so far; a master asked now knows all of them. */
    long heard() {
        return heard;
    }

    /**
     * A master has named the agents that it knows. An agent left out by {@value #UNNAMED_LIMIT}
     * answers in a row is lost, unless it was reported after the question.
     *
     * @param named ids of agents that are registered or awaited
     * @param asked {@link #heard} at the time of the question
     */
    void named(Set<String> named, long asked) {
        List<String> others = new ArrayList<>();
        agents.forEach(
                (id, known) -> {
                    if (named.contains(id) || known.heardAt > asked) {
                        known.unnamed = 0;
                    } else if (++known.unnamed >= UNNAMED_LIMIT) {
                        others.add(id);
                    }
                });
        others.forEach(this::lost);
    }

    void agentRemoved(String agent) {
        if (agents.remove(agent) != null) {
            emit(new ClusterClaim.AgentGone(agent));
        }
    }

    void frameworkRemoved(String framework) {
        if (frameworks.remove(framework) != null) {
            emit(new ClusterClaim.FrameworkGone(framework));
        }
    }

    /**
     * Host names were resolved: emits agents and frameworks whose addresses changed.
     *
     * @return ids of agents whose addresses changed
     */
    List<String> resolved() {
        List<String> changed = new ArrayList<>();
        agents.forEach(
                (id, known) -> {
                    Agent before = known.described;
                    if (!known.lost) {
                        emit(known);
                    }
                    if (!Objects.equals(before, known.described)) {
                        changed.add(id);
                    }
                });
        frameworks.values().forEach(this::emit);
        return changed;
    }

    /** Pids of schedulers by framework id, from a document beside the v1 API. */
    void pids(Map<String, String> pids) {
        pids.forEach(
                (id, pid) -> {
                    KnownFramework known = frameworks.get(id);
                    if (known != null) {
                        FrameworkReport report = known.report;
                        framework(
                                new FrameworkReport(
                                        id, report.name(), Optional.of(pid), report.hostname()),
                                known.epoch);
                    }
                });
    }

    /** The agent in the form that tasks carry; empty for an unknown agent. */
    Optional<Agent> described(String agent) {
        return Optional.ofNullable(agents.get(agent)).map(known -> known.described);
    }

    /** Name of a framework; empty for an unknown framework. */
    Optional<String> frameworkName(String framework) {
        return Optional.ofNullable(frameworks.get(framework)).map(known -> known.report.name());
    }

    /** Ids of the frameworks that a Marathon source may read, sorted; empty without one. */
    List<String> frameworksOf(Optional<MarathonFramework> marathon) {
        return frameworks.values().stream()
                .map(known -> known.report)
                .filter(
                        report ->
                                marathon.filter(one -> one.is(report.name(), report.id()))
                                        .isPresent())
                .map(FrameworkReport::id)
                .toList();
    }

    /** Ids of agents that were known before this epoch and not reported since. */
    Set<String> unheard(int epoch) {
        Set<String> unheard = new HashSet<>();
        agents.forEach(
                (id, known) -> {
                    if (known.epoch < epoch && !known.lost) {
                        unheard.add(id);
                    }
                });
        return unheard;
    }

    /**
     * Forgets agents and frameworks not reported since this epoch. Emits nothing; the next listing
     * lacks them.
     *
     * @param needed ids of agents with known tasks; they become lost instead of forgotten
     */
    void dropBefore(int epoch, Set<String> needed) {
        agents.entrySet()
                .removeIf(
                        known ->
                                known.getValue().epoch < epoch && !needed.contains(known.getKey()));
        agents.values().stream()
                .filter(known -> known.epoch < epoch && !known.lost)
                .forEach(
                        known -> {
                            known.lost = true;
                            known.emitted = null;
                        });
        frameworks.values().removeIf(known -> known.epoch < epoch);
    }

    ClusterClaim.ClusterListed listed() {
        return new ClusterClaim.ClusterListed(
                agents.values().stream().filter(known -> !known.lost).map(this::seen).toList(),
                frameworks.values().stream().map(this::seen).toList());
    }

    /** Number of agents that the master has contact with. */
    int agents() {
        return (int) agents.values().stream().filter(known -> !known.lost).count();
    }

    int frameworks() {
        return frameworks.size();
    }

    private void emit(KnownAgent known) {
        ClusterClaim.AgentSeen seen = seen(known);
        AgentReport report = known.report;
        String host =
                report.hostname().isEmpty()
                        ? host(report.pid()).orElse(report.id())
                        : report.hostname();
        // The known addresses are used while the name is being looked up again.
        List<IpAddress> addresses =
                seen.addresses().isEmpty()
                                && known.described != null
                                && known.described.host().equals(host)
                        ? known.described.addresses()
                        : seen.addresses();
        known.described = new Agent(report.id(), host, addresses);
        if (!seen.equals(known.emitted)) {
            known.emitted = seen;
            emit(seen);
        }
    }

    private void emit(KnownFramework known) {
        ClusterClaim.FrameworkSeen seen = seen(known);
        if (!seen.equals(known.emitted)) {
            known.emitted = seen;
            emit(seen);
        }
    }

    private void emit(ClusterClaim claim) {
        sink.accept(new SourceSignal.ClusterObserved(claim));
    }

    private ClusterClaim.AgentSeen seen(KnownAgent known) {
        AgentReport report = known.report;
        return new ClusterClaim.AgentSeen(
                report.id(),
                report.pid(),
                report.hostname(),
                book.of(host(report.pid()).orElse(report.hostname())));
    }

    private ClusterClaim.FrameworkSeen seen(KnownFramework known) {
        FrameworkReport report = known.report;
        String pid = report.pid().orElse("");
        return new ClusterClaim.FrameworkSeen(
                report.id(),
                report.name(),
                pid,
                report.hostname(),
                pid.isEmpty()
                        ? book.of(report.hostname())
                        : host(pid).map(book::of).orElse(List.of()));
    }

    private static Optional<String> host(String pid) {
        return HostPort.ofPid(pid).map(HostPort::host);
    }
}
