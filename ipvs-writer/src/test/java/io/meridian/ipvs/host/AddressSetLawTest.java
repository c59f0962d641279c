package io.meridian.ipvs.host;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

class AddressSetLawTest {
    private static final String NAME = "dcos-l4lb";

    @Property(tries = 300)
    void thePlanReachesTheDesiredSetAndNeverRemovesADesiredEntry(
            @ForAll("entries") Set<String> wanted,
            @ForAll("entries") Set<String> present,
            @ForAll @IntRange(min = 5, max = 12) int maxEntries,
            @ForAll boolean exists) {
        FakeHost host = new FakeHost();
        if (exists) {
            host.createSet(
                    NAME,
                    "hash:ip,port family inet maxelem " + maxEntries,
                    present.stream().limit(maxEntries).toArray(String[]::new));
        }
        Set<String> before = exists ? Set.copyOf(host.set(NAME)) : Set.of();
        SortedSet<String> goal = new TreeSet<>(wanted);

        AddressSet.Plan plan = plan(host, goal);
        restore(host, plan.before());
        assertThat(host.set(NAME)).containsAll(goal).containsAll(before);
        restore(host, plan.after());

        assertThat(host.set(NAME)).isEqualTo(goal);
        assertThat(plan(host, goal)).isEqualTo(new AddressSet.Plan(List.of(), List.of()));
    }

    @Example
    void anEntrysAddressIsReadInAnyTextForm() {
        assertThat(
                        AddressSet.parse(
                                NAME,
                                """
                                create other hash:ip family inet
                                create dcos-l4lb hash:ip,port family inet6 hashsize 1024 maxelem 65536 counters bucketsize 12 initval 0x1
                                add dcos-l4lb fd01:c:0:0:0:0:0:1,tcp:80 packets 3 bytes 180
                                add dcos-l4lb 11.0.0.1,icmp:8/0 packets 0 bytes 0
                                """))
                .contains(
                        new AddressSet(
                                "hash:ip,port",
                                65536,
                                new TreeSet<>(List.of("11.0.0.1,icmp:8/0", "fd01:c::1,tcp:80"))));
    }

    @Provide
    Arbitrary<Set<String>> entries() {
        return Arbitraries.integers()
                .between(1, 20)
                .map(i -> "11.0.0." + i + ",tcp:" + (80 + i % 3))
                .set()
                .ofMaxSize(10);
    }

    private static AddressSet.Plan plan(FakeHost host, SortedSet<String> goal) {
        Commands.Result saved = host.run(List.of("ipset", "save", NAME), "");
        Optional<AddressSet> present =
                saved.succeeded() ? AddressSet.parse(NAME, saved.output()) : Optional.empty();
        return AddressSet.plan(NAME, "inet", goal, present);
    }

    private static void restore(FakeHost host, List<String> lines) {
        assertThat(host.run(List.of("ipset", "-exist", "restore"), String.join("\n", lines)))
                .extracting(Commands.Result::succeeded)
                .isEqualTo(true);
    }
}
