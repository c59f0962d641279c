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

/** Agents and frameworks as they are known; tells what changes. */
final class ClusterFold {
    private final HostAddresses book;
    private static final int BELIEVED = 2; // answers without an agent's name

    private final Consumer<SourceSignal> sink;
    private final Map<String, KnownAgent> agents = new TreeMap<>();
    private final Map<String, KnownFramework> frameworks = new TreeMap<>();
    private long heard;

    private static final class KnownAgent {
        private AgentReport report;
        private int epoch;
        private long heardAt;
        private int unnamed; // answers in a row

        /** The master has lost contact: its tasks may come back, its name is no longer served. */
        private boolean lost;

        private ClusterClaim.AgentSeen told;
        private Agent described;
    }

    private static final class KnownFramework {
        private FrameworkReport report;
        private int epoch;
        private ClusterClaim.FrameworkSeen told;
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
        tell(known);
    }

    /** A framework is subscribed. A document that does not tell pids changes none. */
    void framework(FrameworkReport report, int epoch) {
        KnownFramework known = frameworks.computeIfAbsent(report.id(), _ -> new KnownFramework());
        Optional<String> pid =
                report.pid().isPresent() || known.report == null
                        ? report.pid()
                        : known.report.pid();
        known.report = new FrameworkReport(report.id(), report.name(), pid, report.hostname());
        known.epoch = epoch;
        tell(known);
    }

    /** The master has lost contact to an agent. */
    void lost(String agent) {
        KnownAgent known = agents.get(agent);
        if (known != null && !known.lost) {
            known.lost = true;
            known.told = null;
            tell(new ClusterClaim.AgentGone(agent));
        }
    }

    /** How often an agent has been heard of: what is asked now knows of all these. */
    long heard() {
        return heard;
    }

    /**
     * A master was asked which agents it knows. One that it does not name for the second time in a
     * row is lost, unless it was heard of since.
     *
     * @param named registered or awaited
     * @param asked {@link #heard} when it was asked
     */
    void named(Set<String> named, long asked) {
        List<String> others = new ArrayList<>();
        agents.forEach(
                (id, known) -> {
                    if (named.contains(id) || known.heardAt > asked) {
                        known.unnamed = 0;
                    } else if (++known.unnamed >= BELIEVED) {
                        others.add(id);
                    }
                });
        others.forEach(this::lost);
    }

    void agentRemoved(String agent) {
        if (agents.remove(agent) != null) {
            tell(new ClusterClaim.AgentGone(agent));
        }
    }

    void frameworkRemoved(String framework) {
        if (frameworks.remove(framework) != null) {
            tell(new ClusterClaim.FrameworkGone(framework));
        }
    }

    /**
     * Tells what names stand for by now.
     *
     * @return agents of which that has changed
     */
    List<String> resolved() {
        List<String> changed = new ArrayList<>();
        agents.forEach(
                (id, known) -> {
                    Agent before = known.described;
                    if (!known.lost) {
                        tell(known);
                    }
                    if (!Objects.equals(before, known.described)) {
                        changed.add(id);
                    }
                });
        frameworks.values().forEach(this::tell);
        return changed;
    }

    /** Pids that another document told, by framework id. */
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

    /** The agent as a task's; empty if it is not known. */
    Optional<Agent> described(String agent) {
        return Optional.ofNullable(agents.get(agent)).map(known -> known.described);
    }

    /** Empty if it is not known. */
    Optional<String> frameworkName(String framework) {
        return Optional.ofNullable(frameworks.get(framework)).map(known -> known.report.name());
    }

    /** Agents that were there before this epoch and have not been heard of since. */
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
     * Forgets what has not been heard of since; nothing is told, the listing lacks it.
     *
     * @param needed agents whose addresses their tasks still want: they are lost, not forgotten
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
                            known.told = null;
                        });
        frameworks.values().removeIf(known -> known.epoch < epoch);
    }

    ClusterClaim.ClusterListed listed() {
        return new ClusterClaim.ClusterListed(
                agents.values().stream().filter(known -> !known.lost).map(this::seen).toList(),
                frameworks.values().stream().map(this::seen).toList());
    }

    /** Of which the master hears. */
    int agents() {
        return (int) agents.values().stream().filter(known -> !known.lost).count();
    }

    int frameworks() {
        return frameworks.size();
    }

    private void tell(KnownAgent known) {
        ClusterClaim.AgentSeen seen = seen(known);
        AgentReport report = known.report;
        String host =
                report.hostname().isEmpty()
                        ? host(report.pid()).orElse(report.id())
                        : report.hostname();
        // While a name is being looked up again, what it stood for holds.
        List<IpAddress> addresses =
                seen.addresses().isEmpty()
                                && known.described != null
                                && known.described.host().equals(host)
                        ? known.described.addresses()
                        : seen.addresses();
        known.described = new Agent(report.id(), host, addresses);
        if (!seen.equals(known.told)) {
            known.told = seen;
            tell(seen);
        }
    }

    private void tell(KnownFramework known) {
        ClusterClaim.FrameworkSeen seen = seen(known);
        if (!seen.equals(known.told)) {
            known.told = seen;
            tell(seen);
        }
    }

    private void tell(ClusterClaim claim) {
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
