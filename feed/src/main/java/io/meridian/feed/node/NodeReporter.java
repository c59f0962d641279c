package io.meridian.feed.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;

import io.meridian.feed.FeedSettings;
import io.meridian.feed.master.NodeRegistry;
import io.meridian.feed.wire.NodeStatus;

import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reports to every master, each {@code report-interval}, what this node has applied. When this node
 * leaves the cluster, the reporter says so to every master and reports no more.
 */
public final class NodeReporter {
    /** Sent by the reporter itself only. */
    public sealed interface Command {}

    private record Listed(Set<ActorRef<NodeRegistry.Command>> masters) implements Command {}

    private record Due() implements Command {}

    private record Heard() implements Command {}

    private record MemberLeaves(Member member) implements Command {}

    private final FeedSettings.Nodes settings;
    private final Supplier<NodeStatus> status;
    private final Runnable heard;

    private NodeReporter(FeedSettings.Nodes settings, Supplier<NodeStatus> status, Runnable heard) {
        this.settings = settings;
        this.status = status;
        this.heard = heard;
    }

    /**
     * @param status called once per report on the actor's thread; must not block
     * @param heard called on the actor's thread when a master has taken a report
     */
    public static Behavior<Command> create(
            FeedSettings settings, Supplier<NodeStatus> status, Runnable heard) {
        NodeReporter reporter = new NodeReporter(settings.nodes(), status, heard);
        Behavior<Command> started = Behaviors.setup(reporter::started);
        return Behaviors.supervise(started)
                .onFailure(
                        SupervisorStrategy.restartWithBackoff(
                                settings.nodes().reportInterval(), Duration.ofMinutes(1), 0.2));
    }

    private Behavior<Command> started(ActorContext<Command> context) {
        ActorRef<Receptionist.Listing> listings =
                context.messageAdapter(
                        Receptionist.Listing.class,
                        listing -> new Listed(listing.getServiceInstances(NodeRegistry.KEY)));
        context.getSystem().receptionist().tell(Receptionist.subscribe(NodeRegistry.KEY, listings));
        Cluster cluster = Cluster.get(context.getSystem());
        ActorRef<ClusterEvent.MemberLeft> leaving =
                context.messageAdapter(
                        ClusterEvent.MemberLeft.class, left -> new MemberLeaves(left.member()));
        cluster.subscriptions().tell(Subscribe.create(leaving, ClusterEvent.MemberLeft.class));
        ActorRef<NodeRegistry.Received> received =
                context.messageAdapter(NodeRegistry.Received.class, _ -> new Heard());
        return Behaviors.withTimers(
                timers -> {
                    timers.startTimerWithFixedDelay(new Due(), settings.reportInterval());
                    return reporting(Set.of(), received, cluster.selfMember());
                });
    }

    private Behavior<Command> reporting(
            Set<ActorRef<NodeRegistry.Command>> masters,
            ActorRef<NodeRegistry.Received> received,
            Member self) {
        return Behaviors.receiveMessage(
                command ->
                        switch (command) {
                            case Listed listed -> {
                                // a new master does not wait for the interval
                                report(listed.masters(), received);
                                yield reporting(listed.masters(), received, self);
                            }
                            case Due _ -> {
                                report(masters, received);
                                yield Behaviors.same();
                            }
                            case Heard _ -> {
                                heard.run();
                                yield Behaviors.same();
                            }
                            case MemberLeaves leaves when leaves.member().equals(self) -> {
                                String id = status.get().id();
                                masters.forEach(master -> master.tell(new NodeRegistry.Leave(id)));
                                yield Behaviors.ignore();
                            }
                            case MemberLeaves _ -> Behaviors.same();
                        });
    }

    private void report(
            Set<ActorRef<NodeRegistry.Command>> masters, ActorRef<NodeRegistry.Received> received) {
        NodeRegistry.Report report = new NodeRegistry.Report(status.get(), received);
        masters.forEach(master -> master.tell(report));
    }
}
