package io.meridian.controlplane.node;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ClusterEvent;
import akka.cluster.ClusterEvent.MemberEvent;
import akka.cluster.ClusterEvent.ReachabilityEvent;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;

import io.meridian.controlplane.config.Role;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.ClusterView;
import io.meridian.domain.vip.Reachability;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Follows the cluster's member and reachability events, and reports the set of unreachable agents
 * on every change.
 */
final class ReachabilityWatch extends AbstractBehavior<ReachabilityWatch.Command> {
    /** Messages of the actor. */
    sealed interface Command {}

    private record Membership(MemberEvent event) implements Command {}

    private record Contact(ReachabilityEvent event) implements Command {}

    private record Forget(String name) implements Command {}

    private final TimerScheduler<Command> timers;
    private final Duration forgetAfter;
    private final Consumer<Reachability> told;
    private final Address self;

    private ClusterView view = ClusterView.EMPTY;
    private Reachability last = Reachability.ALL;

    private ReachabilityWatch(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Duration forgetAfter,
            Consumer<Reachability> told) {
        super(context);
        this.timers = timers;
        this.forgetAfter = forgetAfter;
        this.told = told;
        Cluster cluster = Cluster.get(context.getSystem());
        this.self = cluster.selfMember().address();
        ActorRef<MemberEvent> members = context.messageAdapter(MemberEvent.class, Membership::new);
        ActorRef<ReachabilityEvent> contacts =
                context.messageAdapter(ReachabilityEvent.class, Contact::new);
        cluster.subscriptions().tell(Subscribe.create(members, MemberEvent.class));
        cluster.subscriptions().tell(Subscribe.create(contacts, ReachabilityEvent.class));
    }

    /**
     * @param forgetAfter time for which a downed member counts as unreachable, unless it rejoins
     * @param told receives the new value on every change, on the actor's thread
     */
    static Behavior<Command> create(Duration forgetAfter, Consumer<Reachability> told) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new ReachabilityWatch(context, timers, forgetAfter, told)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Membership.class, membership -> onMember(membership.event()))
                .onMessage(Contact.class, contact -> onContact(contact.event()))
                .onMessage(Forget.class, forget -> now(view.without(forget.name())))
                .build();
    }

    private Behavior<Command> onMember(MemberEvent event) {
        Member member = event.member();
        Optional<IpAddress> address = other(member);
        if (address.isEmpty()) {
            return this;
        }
        String name = member.address().toString();
        return switch (event) {
            case ClusterEvent.MemberRemoved removed when !wasDowned(removed) -> {
                timers.cancel(name);
                yield now(view.without(name));
            }
            case ClusterEvent.MemberRemoved _, ClusterEvent.MemberDowned _ -> {
                timers.startSingleTimer(name, new Forget(name), forgetAfter);
                yield now(view.seen(name, seen(member, address.get(), false)));
            }
            case ClusterEvent.MemberJoined _,
                    ClusterEvent.MemberWeaklyUp _,
                    ClusterEvent.MemberUp _ ->
                    isBack(name) ? now(view.seen(name, seen(member, address.get(), true))) : this;
            default -> this; // leaving, exiting: reachability does not change
        };
    }

    /**
     * Whether an up member is new or was downed before. For a known member the reachability events
     * tell the contact.
     */
    private boolean isBack(String name) {
        boolean givenUp = timers.isTimerActive(name);
        timers.cancel(name);
        return givenUp || !view.members().containsKey(name);
    }

    private static boolean wasDowned(ClusterEvent.MemberRemoved removed) {
        return removed.previousStatus().equals(MemberStatus.down());
    }

    private Behavior<Command> onContact(ReachabilityEvent event) {
        boolean reachable = event instanceof ClusterEvent.ReachableMember;
        Member member = event.member();
        return other(member)
                .map(address -> seen(member, address, reachable))
                .map(seen -> now(view.seen(member.address().toString(), seen)))
                .orElse(this);
    }

    private static Reachability.Member seen(Member member, IpAddress address, boolean reachable) {
        return new Reachability.Member(address, member.hasRole(Role.AGENT.label()), reachable);
    }

    /**
     * Address of a member; empty for this node, and for a member whose host is not an IP address.
     */
    private Optional<IpAddress> other(Member member) {
        return member.address().equals(self)
                ? Optional.empty()
                : member.address()
                        .getHost()
                        .map(host -> host.replaceAll("^\\[|]$", ""))
                        .flatMap(IpAddress::parse);
    }

    private Behavior<Command> now(ClusterView next) {
        view = next;
        Reachability reachability = view.reachability();
        if (!reachability.equals(last)) {
            getContext()
                    .getLog()
                    .info(
                            "unreachable agents: now={} before={} members={}",
                            reachability.lost(),
                            last.lost(),
                            view.members().size());
            last = reachability;
            told.accept(reachability);
        }
        return this;
    }
}
