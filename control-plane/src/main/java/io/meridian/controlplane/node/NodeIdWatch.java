package io.meridian.controlplane.node;

import akka.actor.Address;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Ends this node if an older member has the same {@code node.id} at another address and is alive. A
 * killed member counts as alive until the masters notice, so the actor acts on what {@value #LOOKS}
 * looks in a row have seen. Each member logs each shared id once.
 */
final class NodeIdWatch extends AbstractBehavior<NodeIdWatch.Look> {
    private static final int LOOKS = 5;

    private final Cluster cluster;
    private final Runnable fatal;
    private Map<List<NodeIds.Holder>, Integer> seen = new HashMap<>();

    /** It is time to look at the members. */
    record Look() {}

    private NodeIdWatch(ActorContext<Look> context, Runnable fatal) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.fatal = fatal;
    }

    /**
     * @param interval between two looks
     * @param fatal called if this node must end, on the actor's thread
     */
    static Behavior<Look> create(Duration interval, Runnable fatal) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers -> {
                                    timers.startTimerWithFixedDelay(new Look(), interval);
                                    return new NodeIdWatch(context, fatal);
                                }));
    }

    @Override
    public Receive<Look> createReceive() {
        return newReceiveBuilder().onMessage(Look.class, _ -> onLook()).build();
    }

    private Behavior<Look> onLook() {
        SortedMap<String, List<NodeIds.Holder>> shared = NodeIds.shared(holders());
        Map<List<NodeIds.Holder>, Integer> now = new HashMap<>();
        shared.forEach(
                (id, holders) -> {
                    int looks = seen.getOrDefault(holders, 0) + 1;
                    now.put(holders, looks);
                    if (looks == LOOKS) {
                        onShared(id, holders);
                    }
                });
        seen = now;
        return this;
    }

    private void onShared(String id, List<NodeIds.Holder> holders) {
        String own = cluster.selfMember().address().toString();
        String oldest = holders.getFirst().address();
        boolean younger = holders.stream().skip(1).anyMatch(holder -> holder.address().equals(own));
        if (younger) {
            getContext()
                    .getLog()
                    .error(
                            "cannot stay in the cluster: meridian.node.id={}: the node at {} has"
                                    + " the same id and is alive; the process ends",
                            id,
                            oldest);
            fatal.run();
        } else {
            getContext()
                    .getLog()
                    .warn(
                            "nodes have the same meridian.node.id={}: addresses={}; all but the"
                                    + " oldest end",
                            id,
                            holders.stream().map(NodeIds.Holder::address).toList());
        }
    }

    private List<NodeIds.Holder> holders() {
        CurrentClusterState state = cluster.state();
        List<Address> away = new ArrayList<>();
        state.getUnreachable().forEach(member -> away.add(member.address()));
        List<NodeIds.Holder> holders = new ArrayList<>();
        for (Member member : state.getMembers()) {
            if (member.status().equals(MemberStatus.up()) && !away.contains(member.address())) {
                holders.add(
                        new NodeIds.Holder(
                                NodeIds.of(member.getRoles()),
                                member.address().toString(),
                                member.upNumber()));
            }
        }
        return holders;
    }
}
