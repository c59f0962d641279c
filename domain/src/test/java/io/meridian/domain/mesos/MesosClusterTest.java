package io.meridian.domain.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.mesos.ClusterClaim.AgentGone;
import io.meridian.domain.mesos.ClusterClaim.AgentSeen;
import io.meridian.domain.mesos.ClusterClaim.ClusterListed;
import io.meridian.domain.mesos.ClusterClaim.FrameworkGone;
import io.meridian.domain.mesos.ClusterClaim.FrameworkSeen;
import io.meridian.domain.mesos.ClusterClaim.Masters;
import io.meridian.domain.net.IpAddress;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class MesosClusterTest {
    private static final AgentSeen A = agent("m-S0", "192.0.2.7");
    private static final AgentSeen B = agent("m-S1", "192.0.2.8");
    private static final FrameworkSeen KAFKA =
            new FrameworkSeen(
                    "f0", "kafka", "", "192.0.2.9", List.of(IpAddress.literal("192.0.2.9")));

    @Test
    void entriesThatAListingLacksAreGone() {
        MesosCluster both = after(new ClusterListed(List.of(A, B), List.of(KAFKA)));

        assertThat(both.agents()).containsOnlyKeys("m-S0", "m-S1");
        assertThat(after(both, new ClusterListed(List.of(B), List.of(KAFKA))).agents())
                .containsOnlyKeys("m-S1");
    }

    /** A master shows an empty list to a user without permission. */
    @Test
    void anEmptyListingRemovesNothing() {
        MesosCluster some = after(new ClusterListed(List.of(A), List.of(KAFKA)));

        assertThat(after(some, new ClusterListed(List.of(), List.of()))).isEqualTo(some);
        assertThat(after(some, new Masters("", List.of()))).isEqualTo(some);
    }

    @Test
    void anEntryReportedGoneIsRemoved() {
        MesosCluster some = after(new ClusterListed(List.of(A), List.of(KAFKA)));

        assertThat(after(some, new AgentGone("m-S0"), new FrameworkGone("f0")))
                .isEqualTo(MesosCluster.empty());
        assertThat(MesosCluster.empty().decide(new AgentGone("m-S0"))).isEmpty();
    }

    @Test
    void anAgentWhoseNameIsNotResolvedAgainKeepsItsAddresses() {
        MesosCluster known = after(A);

        assertThat(known.decide(new AgentSeen(A.id(), A.pid(), A.hostname(), List.of()))).isEmpty();
    }

    @Test
    void aSchedulerAtAnotherHostKeepsNoAddressOfTheHostBefore() {
        MesosCluster known = after(KAFKA);

        assertThat(
                        after(known, scheduler("", "nowhere.example"))
                                .frameworks()
                                .get("f0")
                                .addresses())
                .isEmpty();
        assertThat(after(known, scheduler("s@192.0.2.9:9000", "other")).frameworks())
                .as("the host of the pid counts")
                .extractingByKey("f0")
                .extracting(MesosCluster.Framework::addresses)
                .isEqualTo(KAFKA.addresses());
    }

    private static FrameworkSeen scheduler(String pid, String hostname) {
        return new FrameworkSeen("f0", "kafka", pid, hostname, List.of());
    }

    @Test
    void anEmptyMasterListKeepsTheLastOne() {
        Masters first = new Masters("master@192.0.2.1:5050", List.of("192.0.2.1:5050"));
        MesosCluster known = after(first, new Masters("master@192.0.2.2:5050", List.of()));

        assertThat(known.masters())
                .isEqualTo(
                        new MesosCluster.Masters(
                                "master@192.0.2.2:5050", List.of("192.0.2.1:5050")));
    }

    @Property
    void replayEqualsTheLiveStateAndRepeatsDecideNothing(@ForAll Random random) {
        MesosCluster state = MesosCluster.empty();
        List<ClusterEvent> journal = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ClusterClaim claim = claim(random);
            List<ClusterEvent> facts = state.decide(claim);
            journal.addAll(facts);
            state = state.apply(facts);
            assertThat(state.decide(claim)).isEmpty();
        }
        assertThat(MesosCluster.empty().apply(journal)).isEqualTo(state);
    }

    /** A listing that reaches the entity in parts gives the same state as the whole. */
    @Property
    void aListingInPartsEqualsTheWhole(@ForAll Random random) {
        MesosCluster state = MesosCluster.empty();
        for (int i = 0; i < 10; i++) {
            state = after(state, claim(random));
        }
        ClusterListed listed = listed(random);
        List<ClusterClaim> pieces = new ArrayList<>();
        pieces.addAll(listed.agents());
        pieces.addAll(listed.frameworks());
        pieces.add(ClusterClaim.Present.of(listed));

        assertThat(state.apply(state.decide(pieces))).isEqualTo(after(state, listed));
    }

    private static ClusterClaim claim(Random random) {
        String id = "m-S" + random.nextInt(3);
        return switch (random.nextInt(6)) {
            case 0 -> agent(id, "192.0.2." + random.nextInt(1, 4));
            case 1 -> new AgentGone(id);
            case 2 -> new FrameworkGone("f" + random.nextInt(2));
            case 3 -> new AgentSeen(id, "slave(1)@name:5051", "name", List.of());
            case 4 -> new Masters(random.nextBoolean() ? "" : "m@192.0.2.1:5050", List.of());
            default -> listed(random);
        };
    }

    private static ClusterListed listed(Random random) {
        List<AgentSeen> agents = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            if (random.nextBoolean()) {
                agents.add(agent("m-S" + i, "192.0.2." + random.nextInt(1, 4)));
            }
        }
        return new ClusterListed(agents, random.nextBoolean() ? List.of(KAFKA) : List.of());
    }

    private static AgentSeen agent(String id, String address) {
        return new AgentSeen(
                id, "slave(1)@" + address + ":5051", address, List.of(IpAddress.literal(address)));
    }

    private static MesosCluster after(ClusterClaim... claims) {
        return after(MesosCluster.empty(), claims);
    }

    private static MesosCluster after(MesosCluster state, ClusterClaim... claims) {
        return state.apply(state.decide(List.of(claims)));
    }
}
