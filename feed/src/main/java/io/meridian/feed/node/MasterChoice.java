package io.meridian.feed.node;

import akka.actor.typed.ActorRef;

import io.meridian.feed.master.FeedServer;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Which master a client asks: one of its own process if there is one, else any; not the one that
 * has just failed.
 */
final class MasterChoice {
    private Set<ActorRef<FeedServer.Command>> known = new TreeSet<>();
    private Optional<ActorRef<FeedServer.Command>> current = Optional.empty();
    private Optional<ActorRef<FeedServer.Command>> avoided = Optional.empty();

    /**
     * @return whether a new choice is due: there was none, or the one that was asked has gone
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

    /** Stays the same until it is avoided or gone; empty if no master is known. */
    Optional<ActorRef<FeedServer.Command>> current(RandomGenerator random) {
        if (current.isEmpty()) {
            current = choose(random);
            avoided = Optional.empty();
        }
        return current;
    }

    /** Another one next time, if there is another one. */
    void avoidCurrent() {
        avoided = current;
        current = Optional.empty();
    }

    /** For logs; before or after it is avoided. */
    String currentName() {
        return current.or(() -> avoided)
                .map(ref -> ref.path().address().toString())
                .orElse("nobody");
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
