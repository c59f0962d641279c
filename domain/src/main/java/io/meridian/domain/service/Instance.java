package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One running task of a service, with all data that DNS names and VIP backends derive from.
 *
 * @param instance Marathon's instance id; several tasks of a pod share one, and a relaunched task
 *     keeps it
 * @param addresses task addresses, last known; may be empty
 * @param ports ports of this task, in definition order
 * @param phase {@link TaskPhase#RUNNING} or {@link TaskPhase#KILLING}
 * @param unreachable whether Mesos has lost contact with the task's agent
 * @param healthChecked whether the instance takes no traffic before its first positive health
 *     verdict
 * @param mesos facts that only Mesos reports; empty without a Mesos source
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
        mesos =
                mesos == null
                        ? Optional.empty()
                        : mesos; // journals of programs that did not know the field
    }

    /** An instance without facts that only Mesos reports. */
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

    /** The facts of Mesos if Mesos is the instance's only source; otherwise empty. */
    public Optional<MesosFacts> mesosOnly() {
        return mesos.filter(MesosFacts::onlySource);
    }

    /**
     * Whether new connections may go to the instance: it is running, reachable, not unhealthy, and
     * its first health check is not pending.
     */
    public boolean takesTraffic() {
        return phase == TaskPhase.RUNNING
                && !unreachable
                && (healthChecked ? health == Health.HEALTHY : health != Health.UNHEALTHY);
    }

    /**
     * The discovery name of the instance. If Mesos is the only source and the task has none, the
     * task's name, which may be empty.
     */
    public String discoveryName(ServiceId service) {
        return mesosOnly().map(MesosFacts::discoveryName).orElseGet(service::discoveryName);
    }

    /**
     * Whether Mesos has not reported the task's agent; Mesos-DNS publishes no names for such a
     * task.
     */
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
