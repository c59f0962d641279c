package io.meridian.simulator.marathon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The leading member. Any thread. */
final class Leadership {
    private final List<String> members = new ArrayList<>();
    private int leader;
    private boolean vacant;

    synchronized void join(String hostPort) {
        members.add(hostPort);
    }

    /** {@code host:port} of the leader; empty between two leaders. */
    synchronized Optional<String> leader() {
        return vacant ? Optional.empty() : Optional.of(members.get(leader));
    }

    synchronized void vacate() {
        vacant = true;
    }

    /** Makes the next member leader; the same one if there is only one. */
    synchronized void elect() {
        leader = (leader + 1) % members.size();
        vacant = false;
    }

    synchronized List<String> members() {
        return List.copyOf(members);
    }
}
