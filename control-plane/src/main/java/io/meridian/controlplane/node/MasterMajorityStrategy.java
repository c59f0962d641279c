package io.meridian.controlplane.node;

import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.Reachability;
import akka.cluster.UniqueAddress;
import akka.cluster.sbr.DowningStrategy;

import scala.Option;
import scala.collection.immutable.Set;
import scala.jdk.javaapi.CollectionConverters;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Adapts {@link MasterMajority} to Akka's split-brain resolver. It uses Akka's internal API, which
 * no longer changes: the program stays with Akka 2.8.5.
 */
final class MasterMajorityStrategy extends DowningStrategy {
    private final String master;
    private final UniqueAddress self;

    /**
     * @param master name of the role whose majority decides
     */
    MasterMajorityStrategy(String dataCenter, String master, UniqueAddress self) {
        super(dataCenter, self);
        this.master = master;
        this.self = self;
    }

    @Override
    public Option<String> role() {
        return Option.apply(master);
    }

    /** Akka only logs this decision; {@link #nodesToDown} says which nodes are downed. */
    @Override
    public DowningStrategy.Decision decide() {
        java.util.Set<UniqueAddress> survivors = majority().survivors();
        if (survivors.isEmpty()) {
            return DowningStrategy.DownAll$.MODULE$;
        }
        return survivors.contains(self) || !isMaster(self)
                ? DowningStrategy.DownUnreachable$.MODULE$
                : DowningStrategy.DownReachable$.MODULE$;
    }

    @Override
    public Set<UniqueAddress> nodesToDown(DowningStrategy.Decision decision) {
        if (decision.equals(DowningStrategy.DownUnreachable$.MODULE$)
                || decision.equals(DowningStrategy.DownReachable$.MODULE$)) {
            List<UniqueAddress> all = new ArrayList<>();
            members().foreach(member -> all.add(member.uniqueAddress()));
            joining().foreach(member -> all.add(member.uniqueAddress()));
            return CollectionConverters.asScala(majority().toEnd(all)).toSet();
        }
        return super.nodesToDown(decision);
    }

    private boolean isMaster(UniqueAddress node) {
        return allMembersInDC()
                .exists(member -> member.uniqueAddress().equals(node) && member.hasRole(master));
    }

    private MasterMajority<UniqueAddress> majority() {
        List<UniqueAddress> masters = new ArrayList<>();
        java.util.Set<UniqueAddress> leaving = new HashSet<>();
        for (Member member : CollectionConverters.asJava(membersWithRole())) {
            masters.add(member.uniqueAddress());
            if (member.status().equals(MemberStatus.leaving())) {
                leaving.add(member.uniqueAddress());
            }
        }
        java.util.Set<UniqueAddress> joining = new HashSet<>();
        for (Member member : CollectionConverters.asJava(joining())) {
            if (member.hasRole(master)) {
                joining.add(member.uniqueAddress());
            }
        }
        java.util.Set<MasterMajority.Accusation<UniqueAddress>> accusations = new HashSet<>();
        for (Reachability.Record record : CollectionConverters.asJava(reachability().records())) {
            accusations.add(new MasterMajority.Accusation<>(record.observer(), record.subject()));
        }
        return new MasterMajority<>(masters, joining, leaving, accusations);
    }
}
