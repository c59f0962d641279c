package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One running task of a service, with all that names and backends are made from.
 *
 * @param instance Marathon's instance id; several tasks of a pod share one, and a relaunched task
 *     keeps it
 * @param addresses task addresses, last known; may be empty
 * @param ports of this task, in definition order
 * @param phase {@link TaskPhase#RUNNING} or {@link TaskPhase#KILLING}
 * @param unreachable contact to the agent is lost
 * @param healthChecked whether traffic waits for a first good verdict
 * @param mesos what only Mesos tells of it; empty as long as Mesos is not asked
 */
public record Instance(
        TaskId task,
        String instance,
        Instant version,
        Agent agent,
        List<IpAddress> addresses,
        NetworkMode mode,
        Containerizer containerizer,
        List<BoundPort> ports,
        TaskPhase phase,
        boolean unreachable,
        boolean healthChecked,
        Health health,
        Optional<MesosFacts> mesos) {
    public Instance {
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
        mesos = mesos == null ? Optional.empty() : mesos; // journals of programs without it
    }

    /** Without anything that only Mesos tells. */
    public Instance(
            TaskId task,
            String instance,
            Instant version,
            Agent agent,
            List<IpAddress> addresses,
            NetworkMode mode,
            Containerizer containerizer,
            List<BoundPort> ports,
            TaskPhase phase,
            boolean unreachable,
            boolean healthChecked,
            Health health) {
        this(
                task,
                instance,
                version,
                agent,
                addresses,
                mode,
                containerizer,
                ports,
                phase,
                unreachable,
                healthChecked,
                health,
                Optional.empty());
    }

    /** What Mesos alone tells of it, if nobody else tells of it at all. */
    public Optional<MesosFacts> mesosOnly() {
        return mesos.filter(MesosFacts::onlySource);
    }

    /**
     * Whether new connections may go to it: running, reachable, and not failing or still owing its
     * first check.
     */
    public boolean takesTraffic() {
        return phase == TaskPhase.RUNNING
                && !unreachable
                && (healthChecked ? health == Health.HEALTHY : health != Health.UNHEALTHY);
    }

    /**
     * The name by which its framework wants it to be found; of one that Mesos alone tells of, its
     * own if there is none, which may be empty.
     */
    public String discoveryName(ServiceId service) {
        return mesosOnly().map(MesosFacts::discoveryName).orElseGet(service::discoveryName);
    }

    /** Mesos-DNS leaves out tasks of agents that the master has not told of. */
    public boolean agentUnknown() {
        return mesosOnly().isPresent() && agent.host().isEmpty();
    }

    Instance withAgent(Agent newer) {
        return with(newer, addresses, phase, health, mesos);
    }

    Instance withAddresses(List<IpAddress> newer) {
        return with(agent, newer, phase, health, mesos);
    }

    Instance withPhase(TaskPhase newer) {
        return with(agent, addresses, newer, health, mesos);
    }

    Instance withHealth(Health newer) {
        return with(agent, addresses, phase, newer, mesos);
    }

    Instance withMesos(MesosFacts newer) {
        return with(agent, addresses, phase, health, Optional.of(newer));
    }

    private Instance with(
            Agent agent,
            List<IpAddress> addresses,
            TaskPhase phase,
            Health health,
            Optional<MesosFacts> mesos) {
        return new Instance(
                task,
                instance,
                version,
                agent,
                addresses,
                mode,
                containerizer,
                ports,
                phase,
                unreachable,
                healthChecked,
                health,
                mesos);
    }
}
