package io.meridian.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.forward.RaceRules.Attempt;
import io.meridian.dns.forward.RaceRules.Decision;
import io.meridian.dns.forward.RaceRules.State;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;

/** Simulates races with a simulated clock and generated upstreams. */
class RaceRulesLawTest {
    private static final long START =
            Long.MAX_VALUE - 1500; // overflows during the test, as nanoTime may

    /** Behaviour of an upstream for every query, and its delay. */
    record Server(Kind kind, long delay) {
        enum Kind {
            SILENT,
            FAILING,
            GOOD
        }

        boolean is(Kind other) {
            return kind == other;
        }
    }

    /** A simulated race: its attempts, and the time of the first good answer. */
    private static final class Run {
        final List<Attempt> attempts = new ArrayList<>();
        final List<List<Integer>> asked = new ArrayList<>();
        OptionalLong answeredAt = OptionalLong.empty();
        long end;

        Run(RaceRules rules, List<Server> servers) {
            long now = START;
            for (int step = 0; step < 1000; step++) {
                switch (rules.decide(servers.size(), START, attempts, now)) {
                    case Decision.Ask(List<Integer> places) -> {
                        asked.add(places);
                        for (int place : places) {
                            attempts.add(new Attempt(place, now, State.PENDING));
                        }
                    }
                    case Decision.Over _ -> {
                        end = now;
                        return;
                    }
                    case Decision.Wait(long until) -> {
                        assertThat(until - now).isPositive();
                        now = advance(rules, servers, now, until);
                        if (answeredAt.isPresent()) {
                            end = now;
                            return;
                        }
                    }
                }
            }
            throw new AssertionError("a race without end: " + rules + " " + servers);
        }

        private long advance(RaceRules rules, List<Server> servers, long now, long until) {
            int first = -1;
            long at = until;
            for (int i = 0; i < attempts.size(); i++) {
                Attempt attempt = attempts.get(i);
                Server server = servers.get(attempt.server());
                long event = attempt.askedAt() + server.delay;
                if (attempt.state() == State.PENDING
                        && !server.is(Server.Kind.SILENT)
                        && server.delay < rules.timeout()
                        && event - now >= 0
                        && event - at < 0) {
                    first = i;
                    at = event;
                }
            }
            if (first >= 0) {
                Attempt attempt = attempts.get(first);
                if (servers.get(attempt.server()).is(Server.Kind.GOOD)) {
                    answeredAt = OptionalLong.of(at);
                }
                attempts.set(first, new Attempt(attempt.server(), attempt.askedAt(), State.FAILED));
            }
            return at;
        }
    }

    @Property(tries = 3000)
    void everyRaceEndsInTime(
            @ForAll("rules") RaceRules rules,
            @ForAll("servers") @Size(max = 6) List<Server> servers) {
        Run run = new Run(rules, servers);
        assertThat(run.end - START).isLessThanOrEqualTo(rules.total());
    }

    @Property(tries = 3000)
    void everyUpstreamIsQueriedOnceBeforeAnyIsQueriedTwice(
            @ForAll("rules") RaceRules rules,
            @ForAll("servers") @Size(max = 6) List<Server> servers) {
        Run run = new Run(rules, servers);
        int[] times = new int[servers.size()];
        for (List<Integer> places : run.asked) {
            assertThat(places).isNotEmpty().doesNotHaveDuplicates();
            assertThat(places.size()).isLessThanOrEqualTo(rules.parallelQueries());
            int least = IntStream.of(times).min().orElseThrow();
            for (int place : places) {
                assertThat(times[place] == 0 || least > 0).isTrue();
                times[place]++;
                assertThat(times[place]).isLessThanOrEqualTo(2);
            }
        }
    }

    @Property(tries = 3000)
    void aFailedUpstreamIsNotQueriedAgain(
            @ForAll("rules") RaceRules rules,
            @ForAll("servers") @Size(max = 6) List<Server> servers) {
        Run run = new Run(rules, servers);
        for (int i = 0; i < servers.size(); i++) {
            Server server = servers.get(i);
            List<Long> times = new ArrayList<>();
            for (Attempt attempt : run.attempts) {
                if (attempt.server() == i) {
                    times.add(attempt.askedAt());
                }
            }
            if (server.is(Server.Kind.FAILING)
                    && server.delay < rules.timeout()
                    && times.size() > 1) {
                assertThat(times.get(1) - times.get(0)).isLessThanOrEqualTo(server.delay);
            }
        }
    }

    @Property(tries = 3000)
    void aRaceWaitsWhileAnUpstreamMayStillAnswer(
            @ForAll("rules") RaceRules rules,
            @ForAll("servers") @Size(max = 6) List<Server> servers) {
        Run run = new Run(rules, servers);
        if (run.answeredAt.isEmpty() && run.end - START < rules.total()) {
            assertThat(run.attempts)
                    .allMatch(
                            a ->
                                    a.state() == State.FAILED
                                            || run.end - a.askedAt() >= rules.timeout());
            assertThat(run.attempts.stream().map(Attempt::server))
                    .containsAll(IntStream.range(0, servers.size()).boxed().toList());
        }
    }

    /** One live upstream of any number is enough, if the total timeout lets the race reach it. */
    @Property(tries = 3000)
    void oneLiveServerIsEnough(
            @ForAll("rules") RaceRules rules,
            @ForAll("servers") @Size(max = 6) List<Server> servers,
            @ForAll @IntRange(max = 6) int place) {
        List<Server> all = new ArrayList<>(servers);
        all.add(Math.min(place, all.size()), new Server(Server.Kind.GOOD, 1));
        int turns = (all.size() + rules.parallelQueries() - 1) / rules.parallelQueries();
        Run run = new Run(rules, all);
        if (rules.timeout() > 1 && turns * rules.hedgeDelay() + 1 < rules.total()) {
            assertThat(run.answeredAt).isPresent();
        }
    }

    @Property
    void upstreamsAreOrderedByFailures(
            @ForAll @Size(max = 8) List<@IntRange(max = 3) Integer> ranks, @ForAll long seed) {
        List<Integer> places = IntStream.range(0, ranks.size()).boxed().toList();
        List<Integer> order = RaceRules.order(places, ranks::get, new Random(seed));
        assertThat(order).containsExactlyInAnyOrderElementsOf(places);
        assertThat(order.stream().map(ranks::get).toList())
                .isEqualTo(ranks.stream().sorted().toList());
    }

    @Test
    void equalUpstreamsAreShuffled() {
        Random random = new Random(7);
        var first = new HashSet<Integer>();
        for (int i = 0; i < 100; i++) {
            first.add(RaceRules.order(List.of(0, 1, 2), _ -> 0, random).getFirst());
        }
        assertThat(first).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void aTimeoutStartsTheNextPairAndKeepsTheFirst() {
        RaceRules rules = new RaceRules(2, 1000, 300, 2000);
        List<Attempt> pair =
                List.of(new Attempt(0, 0, State.PENDING), new Attempt(1, 0, State.PENDING));
        assertThat(rules.decide(3, 0, List.of(), 0)).isEqualTo(new Decision.Ask(List.of(0, 1)));
        assertThat(rules.decide(3, 0, pair, 10)).isEqualTo(new Decision.Wait(300));
        assertThat(rules.decide(3, 0, pair, 300)).isEqualTo(new Decision.Ask(List.of(2)));
        List<Attempt> three = new ArrayList<>(pair);
        three.add(new Attempt(2, 300, State.FAILED));
        assertThat(rules.decide(3, 0, three, 310)).isEqualTo(new Decision.Wait(600));
        assertThat(rules.decide(3, 0, three, 600)).isEqualTo(new Decision.Ask(List.of(0, 1)));
        assertThat(rules.decide(3, 0, three, 2000)).isEqualTo(new Decision.Over());
    }

    @Provide
    Arbitrary<RaceRules> rules() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.longs().between(1, 1000),
                        Arbitraries.longs().between(1, 1000),
                        Arbitraries.longs().between(1, 3000))
                .as(RaceRules::new);
    }

    @Provide
    Arbitrary<List<Server>> servers() {
        return Combinators.combine(
                        Arbitraries.of(Server.Kind.class), Arbitraries.longs().between(0, 1200))
                .as(Server::new)
                .list();
    }
}
