package io.meridian.ipvs;

import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;
import static io.meridian.ipvs.Samples.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class GracefulTransitionTest {
    private static final Instant START = Instant.parse("2026-11-25T09:00:00Z");
    private static final Endpoint VIP = tcp("11.0.0.1:80");
    private static final RealServer ONE = real("10.0.0.1:8080", 1);
    private static final RealServer TWO = real("10.0.0.2:8080", 1);
    private static final KernelState BOTH = serving("11.0.0.1:80", ONE, TWO);
    private static final KernelState FIRST = serving("11.0.0.1:80", ONE);
    private static final KernelState NONE =
            KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP);
    private static final TransitionPolicy DRAIN =
            new TransitionPolicy(Duration.ofSeconds(60), Duration.ZERO);
    private static final TransitionPolicy SLOW =
            new TransitionPolicy(Duration.ZERO, Duration.ofSeconds(90));

    @Test
    void aLeavingRealServerGetsWeightZeroAndStaysUntilItsConnectionsEnd() {
        GracefulTransition.Step left =
                GracefulTransition.NONE.next(target(FIRST, DRAIN), BOTH, connected(1, 0), START);
        assertThat(left.aim()).isEqualTo(serving("11.0.0.1:80", ONE, TWO.with(0)));
        assertThat(left.due()).contains(START.plus(GracefulTransition.COUNT_INTERVAL));

        GracefulTransition.Step waits =
                left.next()
                        .next(
                                target(FIRST, DRAIN),
                                left.aim(),
                                connected(1, 3),
                                START.plusSeconds(30));
        assertThat(waits.aim()).isEqualTo(left.aim());

        GracefulTransition.Step ends =
                waits.next()
                        .next(
                                target(FIRST, DRAIN),
                                waits.aim(),
                                connected(0, 3),
                                START.plusSeconds(32));
        assertThat(ends.aim()).isEqualTo(FIRST);
        assertThat(ends.due()).isEmpty();
    }

    @Test
    void theDeadlineEndsADrainWithOpenConnections() {
        GracefulTransition.Step left =
                GracefulTransition.NONE.next(target(FIRST, DRAIN), BOTH, connected(1, 0), START);

        GracefulTransition.Step ends =
                left.next()
                        .next(
                                target(FIRST, DRAIN),
                                left.aim(),
                                connected(9, 0),
                                START.plusSeconds(60));

        assertThat(ends.aim()).isEqualTo(FIRST);
    }

    @Test
    void aDrainWaitsForConnectionsBeingOpened() {
        GracefulTransition.Step left =
                GracefulTransition.NONE.next(target(FIRST, DRAIN), BOTH, connected(0, 0), START);
        assertThat(left.aim().table().realServers()).isEqualTo(2);

        GracefulTransition.Step soon =
                left.next()
                        .next(
                                target(FIRST, DRAIN),
                                left.aim(),
                                connected(0, 1),
                                START.plusMillis(1999));

        assertThat(soon.aim().table().realServers()).isEqualTo(2);
    }

    @Test
    void withoutCountersNoRealServerCountsAsIdle() {
        GracefulTransition.Step left =
                GracefulTransition.NONE.next(target(FIRST, DRAIN), BOTH, connected(0, 0), START);

        GracefulTransition.Step later =
                left.next()
                        .next(
                                target(FIRST, DRAIN),
                                left.aim(),
                                Statistics.NONE,
                                START.plusSeconds(59));

        assertThat(later.aim()).isEqualTo(left.aim());
    }

    @Test
    void aRealServerWithWeightIsNotRemovedBeforeItDrains() {
        GracefulTransition.Step left =
                GracefulTransition.NONE.next(target(FIRST, DRAIN), BOTH, connected(0, 0), START);

        GracefulTransition.Step later =
                left.next()
                        .next(
                                target(FIRST, DRAIN),
                                BOTH, // the kernel refused weight 0
                                connected(0, 0),
                                START.plusSeconds(30));

        assertThat(later.aim()).isEqualTo(left.aim());
    }

    @Test
    void aReturningRealServerGetsItsWeightAtOnce() {
        TransitionPolicy both =
                new TransitionPolicy(Duration.ofSeconds(60), Duration.ofSeconds(90));
        GracefulTransition.Step left =
                GracefulTransition.NONE.next(target(FIRST, both), BOTH, connected(1, 0), START);

        GracefulTransition.Step back =
                left.next()
                        .next(
                                target(BOTH, both),
                                left.aim(),
                                connected(1, 0),
                                START.plusSeconds(5));

        assertThat(weights(back)).containsExactly(10, 10);
        assertThat(back.due()).isEmpty();
    }

    @Test
    void aRemovedVipKeepsItsRouteWhileItDrains() {
        GracefulTransition.Step all =
                GracefulTransition.NONE.next(target(BOTH, DRAIN), NONE, Statistics.NONE, START);

        GracefulTransition.Step gone =
                all.next()
                        .next(
                                new Target(NONE, Map.of(), TransitionPolicy.IMMEDIATE, false),
                                all.aim(),
                                connected(1, 0),
                                START.plusSeconds(5));
        assertThat(gone.aim()).isEqualTo(serving("11.0.0.1:80", ONE.with(0), TWO.with(0)));
        assertThat(gone.next().drains().values())
                .as("by the pace that it had")
                .containsOnly(
                        new GracefulTransition.Drain(START.plusSeconds(5), START.plusSeconds(65)));

        GracefulTransition.Step ends =
                gone.next()
                        .next(
                                new Target(NONE, Map.of(), TransitionPolicy.IMMEDIATE, false),
                                gone.aim(),
                                connected(0, 0),
                                START.plusSeconds(9));
        assertThat(ends.aim()).isEqualTo(NONE);
    }

    @Test
    void withoutDrainALeavingRealServerIsRemovedAtOnce() {
        assertThat(
                        GracefulTransition.NONE
                                .next(
                                        target(FIRST, TransitionPolicy.IMMEDIATE),
                                        BOTH,
                                        connected(1, 0),
                                        START)
                                .aim())
                .isEqualTo(FIRST);
    }

    @Test
    void aRealServerThatJoinsServingOnesStartsSlowly() {
        GracefulTransition.Step one =
                GracefulTransition.NONE.next(target(FIRST, SLOW), NONE, Statistics.NONE, START);
        assertThat(weights(one)).containsExactly(10);

        List<List<Integer>> seen = new ArrayList<>();
        List<Long> when = new ArrayList<>();
        GracefulTransition.Step step =
                one.next().next(target(BOTH, SLOW), one.aim(), Statistics.NONE, START);
        seen.add(weights(step));
        while (step.due().isPresent()) {
            Instant now = step.due().get();
            when.add(Duration.between(START, now).toSeconds());
            step = step.next().next(target(BOTH, SLOW), step.aim(), Statistics.NONE, now);
            seen.add(weights(step));
        }

        assertThat(seen)
                .containsExactly(
                        List.of(10, 1),
                        List.of(10, 2),
                        List.of(10, 3),
                        List.of(10, 4),
                        List.of(10, 5),
                        List.of(10, 6),
                        List.of(10, 7),
                        List.of(10, 8),
                        List.of(10, 9),
                        List.of(10, 10));
        assertThat(when).containsExactly(10L, 20L, 30L, 40L, 50L, 60L, 70L, 80L, 90L);
    }

    @Test
    void aFirstFillStartsAtOnce() {
        GracefulTransition.Step step =
                GracefulTransition.NONE.next(target(BOTH, SLOW), NONE, Statistics.NONE, START);

        assertThat(weights(step)).containsExactly(10, 10);
        assertThat(step.due()).isEmpty();
    }

    @Test
    void afterARestartNoRealServerStartsSlowly() {
        GracefulTransition.Step step =
                GracefulTransition.NONE.next(target(BOTH, SLOW), FIRST, Statistics.NONE, START);

        assertThat(weights(step)).containsExactly(10, 10);
    }

    @Test
    void aRealServerRemovedByAnotherProgramReturnsAtFullWeight() {
        GracefulTransition.Step both =
                GracefulTransition.NONE.next(target(BOTH, SLOW), NONE, Statistics.NONE, START);

        GracefulTransition.Step repaired =
                both.next()
                        .next(
                                target(BOTH, SLOW),
                                serving("11.0.0.1:80", ONE.with(10)),
                                Statistics.NONE,
                                START.plusSeconds(5));

        assertThat(weights(repaired)).containsExactly(10, 10);
    }

    @Test
    void aRealServerOfAVipThatDoesNotServeStartsAtFullWeight() {
        KernelState idle = serving("11.0.0.1:80", ONE.with(0));
        GracefulTransition.Step step =
                GracefulTransition.NONE.next(target(idle, SLOW), NONE, Statistics.NONE, START);

        GracefulTransition.Step came =
                step.next()
                        .next(
                                target(serving("11.0.0.1:80", ONE.with(0), TWO), SLOW),
                                step.aim(),
                                Statistics.NONE,
                                START);

        assertThat(weights(came)).containsExactly(0, 10);
    }

    @Test
    void weightsThatCannotBeMultipliedByTenStartSlowlyToo() {
        RealServer heavy = ONE.with(65535);
        RealServer coming = TWO.with(30000);
        GracefulTransition.Step step =
                GracefulTransition.NONE.next(
                        target(serving("11.0.0.1:80", heavy), SLOW), NONE, Statistics.NONE, START);

        GracefulTransition.Step came =
                step.next()
                        .next(
                                target(serving("11.0.0.1:80", heavy, coming), SLOW),
                                step.aim(),
                                Statistics.NONE,
                                START);

        assertThat(weights(came)).containsExactly(65535, 3000);
    }

    @Test
    void aSchedulerWithoutWeightsHasNoSlowStart() {
        KernelState one = with("rr", ONE);
        GracefulTransition.Step step =
                GracefulTransition.NONE.next(target(one, SLOW), NONE, Statistics.NONE, START);

        GracefulTransition.Step came =
                step.next().next(target(with("rr", ONE, TWO), SLOW), one, Statistics.NONE, START);

        assertThat(weights(came)).containsExactly(1, 1);
    }

    @Test
    void anImageFromBeforeARestartChangesNothingThatServes() {
        KernelState kernel =
                KernelState.of(
                        new IpvsTable.Builder()
                                .put(VirtualServer.of(VIP, "rr"), List.of(TWO))
                                .put(Samples.wlc(tcp("11.0.0.2:80")), List.of(ONE))
                                .put(Samples.wlc(tcp("11.0.0.3:80")), List.of(ONE.with(0)))
                                .build(),
                        List.of(VIP.address(), tcp("11.0.0.2:80").address()),
                        LinkState.UP);
        KernelState old =
                KernelState.of(
                        new IpvsTable.Builder()
                                .put(Samples.wlc(VIP), List.of(ONE))
                                .put(Samples.wlc(tcp("11.0.0.3:80")), List.of(TWO))
                                .put(Samples.wlc(tcp("11.0.0.4:80")), List.of(ONE))
                                .build(),
                        List.of(
                                VIP.address(),
                                tcp("11.0.0.3:80").address(),
                                tcp("11.0.0.4:80").address()),
                        LinkState.UP);
        Target tentative = new Target(old, Map.of(), TransitionPolicy.IMMEDIATE, true).on(kernel);

        assertThat(IpvsDiff.diff(tentative.state(), kernel).operations())
                .extracting(Operation::toString)
                .containsExactly(
                        "add real server: vs=11.0.0.3:80/tcp rs=10.0.0.2:8080/tcp weight=1",
                        "add virtual server: vs=11.0.0.4:80/tcp scheduler=wlc",
                        "add real server: vs=11.0.0.4:80/tcp rs=10.0.0.1:8080/tcp weight=1",
                        "add route: route=11.0.0.3",
                        "add route: route=11.0.0.4",
                        "remove real server: vs=11.0.0.3:80/tcp rs=10.0.0.1:8080/tcp");
    }

    private static KernelState with(String scheduler, RealServer... reals) {
        return KernelState.of(
                new IpvsTable.Builder()
                        .put(VirtualServer.of(VIP, scheduler), List.of(reals))
                        .build(),
                List.of(VIP.address()),
                LinkState.UP);
    }

    private static Target target(KernelState state, TransitionPolicy pace) {
        return new Target(state, Map.of(VIP, pace), TransitionPolicy.IMMEDIATE, false);
    }

    /** Statistics with equal connection counts of both real servers. */
    private static Statistics connected(long active, long inactive) {
        Statistics.Real counted =
                new Statistics.Real(Statistics.Counters.ZERO, active, inactive, 0);
        return new Statistics(
                new TreeMap<>(
                        Map.of(
                                VIP,
                                new Statistics.Server(
                                        Statistics.Counters.ZERO,
                                        new TreeMap<>(
                                                Map.of(
                                                        ONE.endpoint(), counted,
                                                        TWO.endpoint(), counted))))));
    }

    private static List<Integer> weights(GracefulTransition.Step step) {
        return step.aim().table().get(VIP).orElseThrow().realServers().stream()
                .map(RealServer::weight)
                .toList();
    }
}
