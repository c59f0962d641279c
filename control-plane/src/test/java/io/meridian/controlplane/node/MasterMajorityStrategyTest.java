package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.Reachability;
import akka.cluster.UniqueAddress;
import akka.util.Version;

import org.junit.jupiter.api.Test;

import scala.jdk.javaapi.CollectionConverters;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The translation between Akka's resolver and {@link MasterMajority}, which has the rules. */
class MasterMajorityStrategyTest {
    private final Map<String, Member> members = new HashMap<>();

    MasterMajorityStrategyTest() {
        int port = 1;
        for (String name : List.of("m1", "m2", "m3", "a1", "a2")) {
            members.put(
                    name,
                    new Member(
                            new UniqueAddress(
                                    new Address("akka", "s", "127.0.0.1", port), (long) port),
                            port++,
                            MemberStatus.up(),
                            CollectionConverters.asScala(
                                            Set.of(
                                                    name.startsWith("m") ? "master" : "agent",
                                                    "dc-default"))
                                    .toSet(),
                            Version.Zero()));
        }
    }

    private UniqueAddress node(String name) {
        return members.get(name).uniqueAddress();
    }

    /** The nodes that {@code self} downs for a given set of unreachable pairs. */
    private List<String> ends(String self, String... accusations) {
        MasterMajorityStrategy strategy =
                new MasterMajorityStrategy("default", "master", node(self));
        members.values().forEach(strategy::add);
        Reachability reachability = Reachability.empty();
        for (String accusation : accusations) {
            String[] pair = accusation.split(">");
            reachability = reachability.unreachable(node(pair[0]), node(pair[1]));
            if (!pair[1].equals(self)) {
                strategy.addUnreachable(members.get(pair[1]));
            }
        }
        strategy.setReachability(reachability);
        // gossip still reaches every node through others
        strategy.setSeenBy(
                CollectionConverters.asScala(
                                members.values().stream()
                                        .map(Member::address)
                                        .collect(java.util.stream.Collectors.toSet()))
                        .toSet());
        Set<UniqueAddress> down =
                CollectionConverters.asJava(strategy.nodesToDown(strategy.decide()));
        return members.keySet().stream()
                .filter(name -> down.contains(node(name)))
                .sorted()
                .toList();
    }

    @Test
    void aMasterThatCannotReachAnAgentGoesOn() {
        assertThat(ends("m1", "m1>a2")).containsExactly("a2");
        assertThat(ends("a1", "m1>a2")).containsExactly("a2");
    }

    @Test
    void aMasterThatIsCutOffFromMastersEndsAlone() {
        String[] cut = {"m1>m2", "m1>m3", "m2>m1", "m3>m1"};
        for (String self : members.keySet()) {
            assertThat(ends(self, cut)).as(self).containsExactly("m1");
        }
    }

    @Test
    void withoutAMajorityAllEnd() {
        assertThat(ends("m1", "m1>m2", "m1>m3", "m2>m3"))
                .containsExactly("a1", "a2", "m1", "m2", "m3");
    }
}
