package io.meridian.simulator.mesos;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The leading master. Any thread. */
final class Election {
    private final List<String> members = new ArrayList<>();
    private int leader;
    private boolean vacant;
    private boolean recovering;

    synchronized void join(String hostPort) {
        members.add(hostPort);
    }

    /** {@code host:port} of the leader; empty without one. */
    synchronized Optional<String> leader() {
        return vacant ? Optional.empty() : Optional.of(members.get(leader));
    }

    synchronized void vacate() {
        vacant = true;
    }

    synchronized void elect(int index) {
        leader = index;
        vacant = false;
    }

    /** Elects the member after the last leader; the same one if there is only one. */
    synchronized int next() {
        return (leader + 1) % members.size();
    }

    synchronized boolean isRecovering() {
        return recovering;
    }

    synchronized void setRecovering(boolean on) {
        recovering = on;
    }
}
