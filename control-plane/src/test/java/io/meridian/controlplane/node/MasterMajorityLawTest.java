package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.node.MasterMajority.Accusation;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Masters are a, b, c (or numbers), agents are x and y. */
class MasterMajorityLawTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a master can't be reached by the others, ab ac ba ca, a",
        "the same seen by itself alone, ab ac, a",
        "the same seen by the others alone, ba ca, a",
        "two masters are dead, ab ac, a",
        "two masters don't reach each other, bc cb, c",
        "the same said by one, cb, c",
        "the first two don't, ab, b",
        "an agent hears nothing from one master, ax, x",
        "an agent is dead, ax bx cx, x",
        "no node hears a master, ab ac ax ay ba ca, a",
        "a master and the agent beside it are cut off, ba ca bx cx, ax",
        "all are apart, ab ac bc ba ca cb ax ay bx by cx cy, abcxy",
        "an agent accuses a master, xa, x",
        "two agents and a master, xa by ya, xy"
    })
    void examples(String what, String accusations, String ends) {
        MasterMajority<String> majority =
                new MasterMajority<>(
                        List.of("a", "b", "c"), Set.of(), Set.of(), accusations(accusations));
        assertThat(majority.toEnd(List.of("a", "b", "c", "x", "y")))
                .containsExactlyInAnyOrder(ends.split(""));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "d joins on our side and b is cut off, ab ba db, '', b",
        "c joins beyond a split: it may count there, ab ac, '', abcd",
        "d joins and can't reach an agent, dx, '', d",
        "a is leaving and may be gone, ab, a, abcd"
    })
    void joiningAndLeaving(String what, String accusations, String leaving, String ends) {
        boolean cJoins = what.startsWith("c");
        MasterMajority<String> majority =
                new MasterMajority<>(
                        List.of("a", "b"),
                        Set.of(cJoins ? "c" : "d"),
                        leaving.isEmpty() ? Set.of() : Set.of(leaving),
                        accusations(accusations));
        List<String> all = new ArrayList<>(List.of("a", "b", cJoins ? "c" : "d", "x"));
        Set<String> expected = new HashSet<>(List.of(ends.split("")));
        expected.retainAll(all);
        if (ends.length() == 4) {
            expected.addAll(all);
        }
        assertThat(majority.toEnd(all)).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static Set<Accusation<String>> accusations(String text) {
        return Arrays.stream(text.split(" "))
                .map(pair -> new Accusation<>(pair.substring(0, 1), pair.substring(1)))
                .collect(Collectors.toSet());
    }

    /** Nodes below {@code masters} are masters, the others are agents. */
    private static Set<Accusation<Integer>> accusations(List<Integer> codes, int nodes) {
        return codes.stream()
                .map(code -> new Accusation<>(code / 16 % nodes, code % 16 % nodes))
                .filter(one -> !one.observer().equals(one.subject()))
                .collect(Collectors.toSet());
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static MasterMajority<Integer> majority(
            int masters, Set<Accusation<Integer>> accusations) {
        return new MasterMajority<>(numbers(masters), Set.of(), Set.of(), accusations);
    }

    @Property
    void noRemainingNodeAccusesARemainingNode(
            @ForAll @IntRange(min = 1, max = 5) int masters,
            @ForAll @IntRange(min = 0, max = 4) int agents,
            @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 255) Integer> codes) {
        int nodes = masters + agents;
        Set<Accusation<Integer>> accusations = accusations(codes, nodes);
        MasterMajority<Integer> majority = majority(masters, accusations);
        Set<Integer> ends = majority.toEnd(numbers(nodes));
        assertThat(ends).noneMatch(majority.survivors()::contains);
        assertThat(accusations)
                .allMatch(one -> ends.contains(one.observer()) || ends.contains(one.subject()));
    }

    @Property
    void agentsDoNotChangeTheSurvivors(
            @ForAll @IntRange(min = 1, max = 5) int masters,
            @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 255) Integer> codes) {
        Set<Accusation<Integer>> all = accusations(codes, masters + 3);
        Set<Accusation<Integer>> ofMasters =
                all.stream()
                        .filter(one -> one.observer() < masters && one.subject() < masters)
                        .collect(Collectors.toSet());
        assertThat(majority(masters, all).survivors())
                .isEqualTo(majority(masters, ofMasters).survivors());
    }

    /** Adds random accusations within each side of a split; the other side does not know them. */
    @Property
    void atMostOneSideOfASplitGoesOn(
            @ForAll @IntRange(min = 2, max = 7) int masters,
            @ForAll @IntRange(min = 0, max = 127) int sides,
            @ForAll @Size(max = 8) List<@IntRange(min = 0, max = 255) Integer> codes) {
        Set<Integer> left =
                numbers(masters).stream()
                        .filter(node -> (sides >> node & 1) == 0)
                        .collect(Collectors.toSet());
        Set<Integer> right = new HashSet<>(numbers(masters));
        right.removeAll(left);
        Set<Accusation<Integer>> broken = accusations(codes, masters);
        assertThat(goesOn(masters, left, right, broken) && goesOn(masters, right, left, broken))
                .isFalse();
    }

    private static boolean goesOn(
            int masters, Set<Integer> here, Set<Integer> there, Set<Accusation<Integer>> broken) {
        Set<Accusation<Integer>> known = new HashSet<>();
        for (int one : here) {
            there.forEach(other -> known.add(new Accusation<>(one, other)));
        }
        broken.stream()
                .filter(one -> here.contains(one.observer()) && here.contains(one.subject()))
                .forEach(known::add);
        return majority(masters, known).survivors().stream().anyMatch(here::contains);
    }

    @Property
    void moreThanHalfThatReachEachOtherAlwaysGoOn(
            @ForAll @IntRange(min = 1, max = 7) int masters,
            @ForAll @IntRange(min = 0, max = 127) int chosen,
            @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 255) Integer> codes) {
        Set<Integer> whole =
                numbers(masters).stream()
                        .filter(node -> (chosen >> node & 1) == 1)
                        .collect(Collectors.toSet());
        Set<Accusation<Integer>> accusations =
                accusations(codes, masters).stream()
                        .filter(
                                one ->
                                        !whole.contains(one.observer())
                                                || !whole.contains(one.subject()))
                        .collect(Collectors.toSet());
        if (whole.size() * 2 > masters) {
            assertThat(majority(masters, accusations).survivors())
                    .hasSizeGreaterThanOrEqualTo(whole.size());
        }
    }
}
