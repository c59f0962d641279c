package io.meridian.feed.node;

import akka.actor.typed.ActorRef;

import io.meridian.feed.master.FeedServer;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Chooses the master that a client polls: one in its own process if there is one, else any, but not
 * the one that has just failed. One thread at a time.
 */
final class MasterChoice {
    private Set<ActorRef<FeedServer.Command>> known = new TreeSet<>();
    private Optional<ActorRef<FeedServer.Command>> current = Optional.empty();
    private Optional<ActorRef<FeedServer.Command>> avoided = Optional.empty();

    /**
     * Takes the list of masters.
     *
     * @return whether the client must poll again: it had no master, or its master has left
     */
    boolean listed(Set<ActorRef<FeedServer.Command>> masters) {
        known = new TreeSet<>(masters);
        boolean due = current.isEmpty() || !known.contains(current.get());
        if (due) {
            current = Optional.empty();
        }
        return due;
    }

    int known() {
        return known.size();
    }

    /** Returns the same master until it is avoided or has left; empty if no master is known. */
    Optional<ActorRef<FeedServer.Command>> current(RandomGenerator random) {
        if (current.isEmpty()) {
            current = choose(random);
            avoided = Optional.empty();
        }
        return current;
    }

    /** Makes {@link #current} choose another master, if there is one. */
    void avoidCurrent() {
        avoided = current;
        current = Optional.empty();
    }

    /** Returns the address of the current or just avoided master, for logs. */
    String currentName() {
        return current.or(() -> avoided)
                .map(ref -> ref.path().address().toString())
                .orElse("no master");
    }

    private Optional<ActorRef<FeedServer.Command>> choose(RandomGenerator random) {
        List<ActorRef<FeedServer.Command>> others =
                known.stream()
                        .filter(master -> known.size() == 1 || !avoided.equals(Optional.of(master)))
                        .toList();
        Optional<ActorRef<FeedServer.Command>> own =
                others.stream()
                        .filter(master -> master.path().address().hasLocalScope())
                        .findFirst();
        return own.or(
                () ->
                        others.isEmpty()
                                ? Optional.empty()
                                : Optional.of(others.get(random.nextInt(others.size()))));
    }
}
