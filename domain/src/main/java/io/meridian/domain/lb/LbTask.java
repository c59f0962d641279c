package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One task of an app, as Marathon describes it.
 *
 * @param host name or address of the Mesos agent; empty = Marathon does not know it
 * @param state Mesos's state, such as {@code TASK_RUNNING}; null if Marathon did not say
 * @param address the container's own address; null if the task uses its Mesos agent's address, or
 *     has none yet
 * @param usesAgentAddress true in the network modes host and bridge: the address of {@code host} is
 *     the server's
 * @param ports ports of the task, in the order of the app's service ports
 * @param health results of Marathon's checks, true = alive; null = Marathon returned no results
 * @param draining true if the task takes no new connections
 */
public record LbTask(
        String id,
        String host,
        @Nullable String state,
        @Nullable String address,
        boolean usesAgentAddress,
        List<Integer> ports,
        @Nullable List<Boolean> health,
        boolean draining) {
    /** True if any result of Marathon's checks says alive. */
    public boolean anyAlive() {
        return health != null && health.contains(true);
    }

    LbTask drained() {
        return new LbTask(id, host, state, address, usesAgentAddress, ports, health, true);
    }
}
