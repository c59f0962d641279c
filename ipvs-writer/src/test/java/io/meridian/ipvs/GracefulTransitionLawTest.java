package io.meridian.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.ipvs.GracefulTransition.RealServerKey;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Laws of {@link GracefulTransition} for any targets, times and connections. */
class GracefulTransitionLawTest {
    private static final Instant START = Instant.parse("2026-11-25T09:00:00Z");
    private static final List<Endpoint> SERVERS =
            List.of(
                    Samples.tcp("11.0.0.1:80"),
                    Samples.tcp("11.0.0.1:81"),
                    Samples.udp("11.0.0.1:53"),
                    Samples.tcp("[fd01:c::1]:80"));
    private static final int REALS = 3;

    /** An event of a history. */
    sealed interface Event {
        /** A new target: weights by virtual and real server; -1 for a real server that it lacks. */
        record Ask(List<List<Integer>> weights) implements Event {}

        record Wait(int seconds) implements Event {}

        record Connect(int server, int real, int active, int inactive) implements Event {}
    }

    /** A node that executes every step, its kernel, and the history that the laws need. */
    private static final class World {
        private final Map<Endpoint, TransitionPolicy> policies;
        private final KernelModel kernel = new KernelModel();
        private GracefulTransition transition = GracefulTransition.NONE;
        private Target target = Target.of(KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP));
        private Instant now = START;
        private GracefulTransition.Step step;

        /** Time since which the target lacks a real server that is still in the kernel. */
        private final Map<RealServerKey, Instant> leftAt = new HashMap<>();

        private World(Map<Endpoint, TransitionPolicy> policies) {
            this.policies = policies;
            step();
        }

        private void happens(Event event) {
            switch (event) {
                case Event.Ask ask -> target = target(ask.weights(), policies);
                case Event.Wait wait -> now = now.plusSeconds(wait.seconds());
                case Event.Connect connect -> {
                    Endpoint server = SERVERS.get(connect.server());
                    Endpoint real = real(server, connect.real());
                    if (holds(new RealServerKey(server, real))) {
                        kernel.count(
                                server,
                                real,
                                new Statistics.Real(
                                        Statistics.Counters.ZERO,
                                        connect.active(),
                                        connect.inactive(),
                                        0));
                    }
                }
            }
            step();
        }

        private void step() {
            for (RealServerKey key : legs(kernel.state())) {
                if (asks(key)) {
                    leftAt.remove(key);
                } else {
                    leftAt.putIfAbsent(key, now);
                }
            }
            KernelState before = kernel.state();
            Statistics counted = kernel.statistics();
            step = transition.next(target, before, counted, now);
            for (Operation operation : IpvsDiff.diff(step.aim(), before).operations()) {
                assertThat(kernel.apply(operation)).as("refusal of %s", operation).isEmpty();
            }
            transition = step.next();
            for (RealServerKey gone : legs(before)) {
                if (!holds(gone)) {
                    mayGo(gone, counted);
                    leftAt.remove(gone);
                }
            }
        }

        private void mayGo(RealServerKey key, Statistics counted) {
            Duration waited = Duration.between(leftAt.get(key), now);
            Duration drain = policies.get(key.server()).drain();
            if (waited.compareTo(drain) < 0) {
                Statistics.Real had = counted.of(key.server(), key.real()).orElseThrow();
                assertThat(had.active()).as("active connections that %s lost", key).isZero();
                if (key.server().protocol() == Protocol.UDP) {
                    assertThat(had.inactive()).as("flows that %s lost", key).isZero();
                }
                assertThat(waited)
                        .as("time for handshakes")
                        .isGreaterThanOrEqualTo(GracefulTransition.MIN_DRAIN);
            }
        }

        private boolean asks(RealServerKey key) {
            return target.state()
                    .table()
                    .get(key.server())
                    .filter(entry -> entry.real(key.real()).isPresent())
                    .isPresent();
        }

        private boolean holds(RealServerKey key) {
            return kernel.state()
                    .table()
                    .get(key.server())
                    .filter(entry -> entry.real(key.real()).isPresent())
                    .isPresent();
        }
    }

    @Property(tries = 2000)
    void noConnectionIsCutBeforeTheDeadline(
            @ForAll("policies") Map<Endpoint, TransitionPolicy> policies,
            @ForAll("events") List<Event> events) {
        World world = new World(policies);

        events.forEach(world::happens); // World.mayGo checks each removal
    }

    @Property(tries = 2000)
    void requestedRealServersServeAndNoOthersTakeConnections(
            @ForAll("policies") Map<Endpoint, TransitionPolicy> policies,
            @ForAll("events") List<Event> events) {
        World world = new World(policies);

        for (Event event : events) {
            world.happens(event);
            for (IpvsTable.Entry wanted : world.target.state().table().entries()) {
                IpvsTable.Entry aim =
                        world.step.aim().table().get(wanted.server().endpoint()).orElseThrow();
                assertThat(aim.server()).isEqualTo(wanted.server());
                wanted.realServers()
                        .forEach(
                                real ->
                                        assertThat(aim.real(real.endpoint()).orElseThrow().serves())
                                                .isEqualTo(real.serves()));
            }
            assertThat(world.step.aim().routes()).containsAll(world.target.state().routes());
            for (IpvsTable.Entry entry : world.step.aim().table().entries()) {
                entry.realServers()
                        .forEach(
                                real ->
                                        assertThat(
                                                        real.serves()
                                                                && !world.asks(
                                                                        new RealServerKey(
                                                                                entry.server()
                                                                                        .endpoint(),
                                                                                real.endpoint())))
                                                .as("serves without being asked for")
                                                .isFalse());
            }
        }
    }

    /**
     * IPVS refuses clients of a draining VIP; without it they would reach services of this host.
     */
    @Property(tries = 1000)
    void everyRouteLeadsToAVirtualServer(
            @ForAll("policies") Map<Endpoint, TransitionPolicy> policies,
            @ForAll("events") List<Event> events) {
        World world = new World(policies);

        for (Event event : events) {
            world.happens(event);
            TreeSet<IpAddress> addresses = new TreeSet<>();
            world.step
                    .aim()
                    .table()
                    .entries()
                    .forEach(entry -> addresses.add(entry.server().endpoint().address()));
            assertThat(addresses).isEqualTo(world.step.aim().routes());
        }
    }

    @Property(tries = 1000)
    void aTransitionEndsInTheTarget(
            @ForAll("policies") Map<Endpoint, TransitionPolicy> policies,
            @ForAll("events") List<Event> events) {
        World world = new World(policies);
        events.forEach(world::happens);
        Instant limit = world.now.plusSeconds(61); // the longest of all policies

        while (world.step.due().isPresent()) {
            assertThat(world.step.due().get()).isAfter(world.now).isBefore(limit);
            world.now = world.step.due().get();
            world.step();
        }

        assertThat(world.transition.drains()).isEmpty();
        assertThat(world.transition.starts()).isEmpty();
        KernelState end = world.kernel.state();
        assertThat(end.routes()).isEqualTo(world.target.state().routes());
        assertThat(legs(end)).isEqualTo(legs(world.target.state()));
        for (IpvsTable.Entry wanted : world.target.state().table().entries()) {
            Endpoint server = wanted.server().endpoint();
            int scale = policies.get(server).slowStart().isZero() ? 1 : GracefulTransition.STEPS;
            wanted.realServers()
                    .forEach(
                            real ->
                                    assertThat(
                                                    end.table()
                                                            .get(server)
                                                            .orElseThrow()
                                                            .real(real.endpoint())
                                                            .orElseThrow()
                                                            .weight())
                                            .isEqualTo(real.weight() * scale));
        }
    }

    @Property(tries = 1000)
    void withoutEventsTheStepStaysTheSame(
            @ForAll("policies") Map<Endpoint, TransitionPolicy> policies,
            @ForAll("events") List<Event> events) {
        World world = new World(policies);
        events.forEach(world::happens);

        GracefulTransition.Step again =
                world.transition.next(world.target, world.step.aim(), Statistics.NONE, world.now);

        assertThat(again.aim()).isEqualTo(world.step.aim());
        assertThat(again.due()).isEqualTo(world.step.due());
    }

    /** A restarted writer knows only the image and the kernel's state. */
    @Property(tries = 1000)
    void aRestartResumesEveryDrain(
            @ForAll("policies") Map<Endpoint, TransitionPolicy> policies,
            @ForAll("events") List<Event> events) {
        World world = new World(policies);
        events.forEach(world::happens);
        Target same =
                new Target(
                        world.target.state(),
                        world.target.policies(),
                        new TransitionPolicy(Duration.ofSeconds(30), Duration.ZERO),
                        false);

        GracefulTransition.Step step =
                GracefulTransition.NONE.next(
                        same, world.kernel.state(), world.kernel.statistics(), world.now);

        for (RealServerKey key : world.transition.drains().keySet()) {
            TransitionPolicy pace = same.policy(key.server());
            if (pace.drain().isPositive()) {
                assertThat(
                                step.aim()
                                        .table()
                                        .get(key.server())
                                        .orElseThrow()
                                        .real(key.real())
                                        .orElseThrow()
                                        .weight())
                        .isZero();
                assertThat(step.next().drains().get(key).deadline())
                        .isEqualTo(world.now.plus(pace.drain()));
            }
        }
        assertThat(step.next().starts()).as("slow starts").isEmpty();
    }

    private static TreeSet<RealServerKey> legs(KernelState state) {
        TreeSet<RealServerKey> legs = new TreeSet<>();
        for (IpvsTable.Entry entry : state.table().entries()) {
            entry.realServers()
                    .forEach(
                            real ->
                                    legs.add(
                                            new RealServerKey(
                                                    entry.server().endpoint(), real.endpoint())));
        }
        return legs;
    }

    private static Target target(
            List<List<Integer>> weights, Map<Endpoint, TransitionPolicy> policies) {
        IpvsTable.Builder table = new IpvsTable.Builder();
        TreeSet<IpAddress> routes = new TreeSet<>();
        Map<Endpoint, TransitionPolicy> own = new TreeMap<>();
        for (int i = 0; i < SERVERS.size(); i++) {
            Endpoint server = SERVERS.get(i);
            List<RealServer> reals = new ArrayList<>();
            for (int j = 0; j < REALS; j++) {
                if (weights.get(i).get(j) >= 0) {
                    reals.add(RealServer.masquerade(real(server, j), weights.get(i).get(j)));
                }
            }
            if (!reals.isEmpty()) {
                table.put(Samples.wlc(server), reals);
                routes.add(server.address());
                own.put(server, policies.get(server)); // of the requested ones, as in an image
            }
        }
        return new Target(
                KernelState.of(table.build(), routes, LinkState.UP),
                own,
                TransitionPolicy.IMMEDIATE,
                false);
    }

    private static Endpoint real(Endpoint server, int number) {
        String format = server.address().isIpv4() ? "10.0.0.%d" : "fd02::%d";
        return new Endpoint(
                IpAddress.literal(String.format(Locale.ROOT, format, number + 1)),
                8080,
                server.protocol());
    }

    @Provide
    Arbitrary<Map<Endpoint, TransitionPolicy>> policies() {
        Arbitrary<TransitionPolicy> pace =
                Combinators.combine(Arbitraries.of(0, 1, 10, 60), Arbitraries.of(0, 20))
                        .as(
                                (drain, slow) ->
                                        new TransitionPolicy(
                                                Duration.ofSeconds(drain),
                                                Duration.ofSeconds(slow)));
        return pace.list()
                .ofSize(SERVERS.size())
                .map(
                        list -> {
                            Map<Endpoint, TransitionPolicy> map = new TreeMap<>();
                            for (int i = 0; i < list.size(); i++) {
                                map.put(SERVERS.get(i), list.get(i));
                            }
                            return map;
                        });
    }

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<Event> ask =
                Arbitraries.integers()
                        .between(-1, 2)
                        .list()
                        .ofSize(REALS)
                        .list()
                        .ofSize(SERVERS.size())
                        .map(Event.Ask::new);
        Arbitrary<Event> wait = Arbitraries.integers().between(0, 15).map(Event.Wait::new);
        Arbitrary<Event> connect =
                Combinators.combine(
                                Arbitraries.integers().between(0, SERVERS.size() - 1),
                                Arbitraries.integers().between(0, REALS - 1),
                                Arbitraries.integers().between(0, 2),
                                Arbitraries.integers().between(0, 1))
                        .as(Event.Connect::new);
        return Arbitraries.oneOf(ask, wait, connect).list().ofMaxSize(20);
    }
}
