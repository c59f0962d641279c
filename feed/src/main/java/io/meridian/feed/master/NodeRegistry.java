package io.meridian.feed.master;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;

import io.meridian.feed.wire.FeedMessage;
import io.meridian.feed.wire.NodeStatus;

import java.util.List;
import java.util.Set;

/**
 * Takes the nodes' reports on one master; nodes find it by {@link #KEY}. Runs from the start of the
 * master, also while the master has no tables. Sends what it knows to every master that appears, so
 * a restarted master also lists the nodes that were lost before.
 */
public final class NodeRegistry extends AbstractOnMessageBehavior<NodeRegistry.Command> {
    public static final ServiceKey<Command> KEY =
            ServiceKey.create(Command.class, "meridian-nodes");

    /** Nodes in one message to another master: well below the largest frame of 512 KiB. */
    private static final int BATCH = 200;

    public sealed interface Command {}

    /**
     * A node's report about itself.
     *
     * @param replyTo receives {@link Received} at once
     */
    public record Report(NodeStatus status, ActorRef<Received> replyTo)
            implements Command, FeedMessage {}

    /** Tells a node that a master has its report. */
    public record Received() implements FeedMessage {}

    /** A node leaves the cluster in good order. */
    public record Leave(String id) implements Command, FeedMessage {}

    /** What another master knows. */
    public record Known(List<KnownNode> nodes) implements Command, FeedMessage {
        public Known {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * A node as another master sees it.
     *
     * @param left whether the node has left the cluster in good order
     * @param ageMillis milliseconds since its last report; clocks of masters may differ
     */
    public record KnownNode(NodeStatus status, boolean left, long ageMillis) {}

    private record Listed(Set<ActorRef<Command>> masters) implements Command {}

    private final SeenNodes nodes;
    private Set<ActorRef<Command>> masters = Set.of();

    private NodeRegistry(ActorContext<Command> context, SeenNodes nodes) {
        super(context);
        this.nodes = nodes;
        ActorRef<Receptionist.Command> receptionist = context.getSystem().receptionist();
        receptionist.tell(
                Receptionist.subscribe(
                        KEY,
                        context.messageAdapter(
                                Receptionist.Listing.class,
                                listing -> new Listed(listing.getServiceInstances(KEY)))));
        receptionist.tell(Receptionist.register(KEY, context.getSelf()));
    }

    /**
     * @param nodes receives the reports
     */
    public static Behavior<Command> create(SeenNodes nodes) {
        return Behaviors.setup(context -> new NodeRegistry(context, nodes));
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Report report -> {
                nodes.reported(report.status());
                report.replyTo().tell(new Received());
            }
            case Leave leave -> nodes.left(leave.id());
            case Known known -> nodes.merge(known.nodes());
            case Listed listed -> {
                listed.masters().stream()
                        .filter(master -> !masters.contains(master))
                        .filter(master -> !master.equals(getContext().getSelf()))
                        .forEach(this::tellAll);
                masters = Set.copyOf(listed.masters());
            }
        }
        return this;
    }

    private void tellAll(ActorRef<Command> master) {
        List<KnownNode> all = nodes.known();
        for (int from = 0; from < all.size(); from += BATCH) {
            master.tell(new Known(all.subList(from, Math.min(from + BATCH, all.size()))));
        }
    }
}
