package io.meridian.feed.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;

import io.meridian.feed.FeedSettings;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.wire.NodeStatus;

import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reports to every master, each {@code report-interval}, what this node has applied. Each master
 * knows all nodes from their reports, so masters share no state about nodes and recover none.
 */
public final class NodeReporter {
    /** Sent by the reporter itself only. */
    public sealed interface Command {}

    private record Listed(Set<ActorRef<FeedServer.Command>> masters) implements Command {}

    private record Due() implements Command {}

    private NodeReporter() {}

    /**
     * @param status called once per report on the actor's thread; must not block
     */
    public static Behavior<Command> create(FeedSettings settings, Supplier<NodeStatus> status) {
        Behavior<Command> reporter =
                Behaviors.setup(
                        context -> {
                            ActorRef<Receptionist.Listing> listings =
                                    context.messageAdapter(
                                            Receptionist.Listing.class,
                                            listing ->
                                                    new Listed(
                                                            listing.getServiceInstances(
                                                                    FeedServer.KEY)));
                            context.getSystem()
                                    .receptionist()
                                    .tell(Receptionist.subscribe(FeedServer.KEY, listings));
                            return Behaviors.withTimers(
                                    timers -> {
                                        timers.startTimerWithFixedDelay(
                                                new Due(), settings.nodes().reportInterval());
                                        return reporting(Set.of(), status);
                                    });
                        });
        return Behaviors.supervise(reporter)
                .onFailure(
                        SupervisorStrategy.restartWithBackoff(
                                settings.nodes().reportInterval(), Duration.ofMinutes(1), 0.2));
    }

    private static Behavior<Command> reporting(
            Set<ActorRef<FeedServer.Command>> masters, Supplier<NodeStatus> status) {
        return Behaviors.receiveMessage(
                command ->
                        switch (command) {
                            case Listed listed -> {
                                report(
                                        listed.masters(),
                                        status); // a new master does not wait for the interval
                                yield reporting(listed.masters(), status);
                            }
                            case Due due -> {
                                report(masters, status);
                                yield Behaviors.same();
                            }
                        });
    }

    private static void report(
            Set<ActorRef<FeedServer.Command>> masters, Supplier<NodeStatus> status) {
        FeedServer.Report report = new FeedServer.Report(status.get());
        masters.forEach(master -> master.tell(report));
    }
}
