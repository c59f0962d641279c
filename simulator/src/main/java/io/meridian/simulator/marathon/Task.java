package io.meridian.simulator.marathon;

import java.util.List;

/** One run of a container. Changed by the simulation thread only. */
final class Task {
    /** An address and its family as Marathon spells it, {@code IPv4} or {@code IPv6}. */
    record Address(String text, String protocol) {}

    final String id;
    final String container;
    final List<Integer> ports;
    final List<Address> addressesWhenRunning;
    List<Address> addresses = List.of();
    String state = "TASK_STAGING";
    String message = "";
    String since;
    String startedAt = "";

    Task(
            String id,
            String container,
            List<Integer> ports,
            List<Address> addressesWhenRunning,
            String since) {
        this.id = id;
        this.container = container;
        this.ports = List.copyOf(ports);
        this.addressesWhenRunning = List.copyOf(addressesWhenRunning);
        this.since = since;
    }

    boolean isTerminal() {
        return switch (state) {
            case "TASK_STAGING",
                    "TASK_STARTING",
                    "TASK_RUNNING",
                    "TASK_KILLING",
                    "TASK_UNREACHABLE" ->
                    false;
            default -> true;
        };
    }
}
