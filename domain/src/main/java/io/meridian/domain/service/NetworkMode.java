package io.meridian.domain.service;

/** How a task is attached to the network (Marathon {@code networks[].mode}). */
public enum NetworkMode {
    /** Shares the agent's addresses; ports are host ports. */
    HOST,
    /** A bridge private to the agent; reachable from elsewhere by mapped host ports only. */
    BRIDGE,
    /** Own address in a container network; host ports where mapped. */
    CONTAINER
}
