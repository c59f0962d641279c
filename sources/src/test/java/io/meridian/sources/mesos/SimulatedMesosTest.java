package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.javadsl.Behaviors;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.service.MesosTask;
import io.meridian.simulator.mesos.MesosAgent;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.TaskDraft;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** The source against simulated masters that fail over while the cluster changes. */
class SimulatedMesosTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> LATER =
            List.of("TASK_KILLING", "TASK_FAILED", "TASK_FINISHED", "TASK_KILLED");

    private static ActorTestKit kit;

    @BeforeAll
    static void startSystem() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stopSystem() {
        kit.shutdownTestKit();
    }

    /**
     * The source emits no end of a running task, and at last its state equals the running tasks.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void churnAndFailoversEndNothingThatRuns(long seed) {
        Random random = new Random(seed);
        try (SimulatedMesos mesos =
                SimulatedMesos.start(
                        SimulatedMesosSettings.defaults()
                                .withMasters("127.0.0.1", "127.0.0.1", "127.0.0.1"))) {
            Cluster cluster = new Cluster(mesos, random);
            List<SourceSignal> told = new CopyOnWriteArrayList<>();
            MesosCounters counters = new MesosCounters();
            var sink =
                    kit.spawn(
                            Behaviors.<SourceSignal>receiveMessage(
                                    signal -> {
                                        told.add(signal);
                                        return Behaviors.same();
                                    }));
            var source = kit.spawn(MesosSource.create(settings(mesos), sink, counters));
            for (int i = 0; i < 60; i++) {
                cluster.step(i);
            }
            cluster.settle();

            kit.createTestProbe()
                    .awaitAssert(
                            PATIENCE,
                            () -> {
                                assertThat(counters.snapshot().phase())
                                        .isEqualTo(MesosPhase.COMPLETE);
                                assertThat(running(told)).isEqualTo(cluster.running());
                                return null;
                            });
            assertThat(
                            SignalRecorder.ends(told).stream()
                                    .map(end -> end.substring(0, end.indexOf(' ')))
                                    .collect(Collectors.toSet()))
                    .as("emitted ends, seed=%s", seed)
                    .isSubsetOf(cluster.ended);
            kit.stop(source);
        }
    }

    /** Akka HTTP's own limit for a chunk is 1 MiB. */
    @Test
    void aStateOfSeveralMegabytesComesInOneChunk() {
        try (SimulatedMesos mesos = SimulatedMesos.start(SimulatedMesosSettings.defaults())) {
            MesosAgent agent = mesos.register(MesosAgent.of(0, "10.0.0.4"));
            MesosFramework kafka = mesos.add(MesosFramework.of(1, "kafka", "10.0.0.9"));
            for (int i = 0; i < 3000; i++) {
                mesos.runs(kafka, agent, TaskDraft.of("task." + i, "task"));
            }
            MesosCounters counters = new MesosCounters();
            TestProbe<SourceSignal> sink = kit.createTestProbe();
            var source = kit.spawn(MesosSource.create(settings(mesos), sink.ref(), counters));
            sink.awaitAssert(
                    PATIENCE,
                    () -> {
                        assertThat(counters.snapshot().known().tasks()).isEqualTo(3000);
                        return null;
                    });
            assertThat(counters.snapshot().bytes()).isGreaterThan(3 << 20);
            kit.stop(source);
        }
    }

    @Test
    void mastersOfEveryVersionGiveTheSameState() {
        List<Set<String>> known = new ArrayList<>();
        for (var api : SimulatedMesosSettings.Api.values()) {
            try (SimulatedMesos mesos =
                    SimulatedMesos.start(SimulatedMesosSettings.defaults().withApi(api))) {
                Cluster cluster = new Cluster(mesos, new Random(7));
                for (int i = 0; i < 9; i++) {
                    cluster.launch(i);
                }
                TestProbe<SourceSignal> sink = kit.createTestProbe();
                var source =
                        kit.spawn(
                                MesosSource.create(
                                        settings(mesos), sink.ref(), new MesosCounters()));
                List<SourceSignal> told = new ArrayList<>();
                do {
                    told.add(sink.receiveMessage(PATIENCE));
                } while (!leaderIsKnown(told));
                assertThat(running(told)).isEqualTo(cluster.running());
                known.add(
                        SignalRecorder.tasks(told).values().stream()
                                .map(MesosTask::toString)
                                .collect(Collectors.toCollection(TreeSet::new)));
                kit.stop(source);
            }
        }
        assertThat(known).hasSize(3).allMatch(known.getFirst()::equals);
    }

    private static boolean leaderIsKnown(List<SourceSignal> told) {
        return told.stream().anyMatch(SourceSignal.ListedAll.class::isInstance)
                && told.stream()
                        .anyMatch(
                                signal ->
                                        signal
                                                instanceof
                                                SourceSignal.ClusterObserved(
                                                        ClusterClaim.Masters _));
    }

    private static Set<String> running(List<SourceSignal> told) {
        return SignalRecorder.tasks(told).values().stream()
                .map(task -> task.id().value())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static MesosSettings settings(SimulatedMesos mesos) {
        return MesosSourceTest.settings(
                "urls = ["
                        + mesos.urls().stream()
                                .map(URI::toString)
                                .map(url -> "\"" + url + "\"")
                                .collect(Collectors.joining(","))
                        + "], failover.quiet-period = 200 ms");
    }

    /** Four agents, two frameworks, and random changes. */
    private static final class Cluster {
        private final SimulatedMesos mesos;
        private final Random random;
        private final List<MesosAgent> agents = new ArrayList<>();
        private final List<MesosFramework> frameworks = new ArrayList<>();
        private final Map<String, MesosAgent> tasks = new HashMap<>();
        private final Set<MesosAgent> away = new LinkedHashSet<>();
        private final Set<String> ended = new TreeSet<>();

        private Cluster(SimulatedMesos mesos, Random random) {
            this.mesos = mesos;
            this.random = random;
            for (int i = 0; i < 4; i++) {
                agents.add(mesos.register(MesosAgent.of(i, "10.0.0." + (i + 1))));
            }
            frameworks.add(mesos.add(MesosFramework.of(0, "kafka", "10.0.1.1")));
            frameworks.add(
                    mesos.add(MesosFramework.of(1, "spark", "10.0.1.2").at("10.0.1.2", 4000)));
        }

        private void step(int number) {
            switch (random.nextInt(12)) {
                case 0 -> failover();
                case 1 -> away(agents.get(random.nextInt(agents.size())));
                case 2 -> back();
                case 3, 4, 5 -> change();
                default -> launch(number);
            }
        }

        private void launch(int number) {
            MesosAgent agent = agents.get(random.nextInt(agents.size()));
            if (!away.contains(agent)) {
                String id = "task-" + number;
                mesos.runs(
                        frameworks.get(random.nextInt(2)),
                        agent,
                        TaskDraft.of(id, "node").hostPorts(31000 + number).discovery("node"));
                tasks.put(id, agent);
            }
        }

        private void change() {
            List<String> here =
                    tasks.keySet().stream()
                            .filter(task -> !away.contains(tasks.get(task)))
                            .sorted()
                            .toList();
            if (!here.isEmpty()) {
                String task = here.get(random.nextInt(here.size()));
                String state = LATER.get(random.nextInt(LATER.size()));
                if (!state.equals("TASK_KILLING")) {
                    tasks.remove(task);
                    ended.add(task);
                }
                mesos.update(task, state);
            }
        }

        private void away(MesosAgent agent) {
            if (away.add(agent)) {
                mesos.unreachable(agent);
            }
        }

        private void back() {
            for (MesosAgent agent : away) {
                mesos.reregister(agent);
            }
            away.clear();
        }

        /**
         * A failover: the new leader knows the agents from the registry, and some reregister soon.
         */
        private void failover() {
            mesos.failover();
            frameworks.forEach(mesos::reconnect);
            for (MesosAgent agent : agents) {
                if (random.nextBoolean()) {
                    mesos.reregister(agent);
                    away.remove(agent);
                } else {
                    away.add(agent);
                }
            }
        }

        private void settle() {
            mesos.failover();
            frameworks.forEach(mesos::reconnect);
            agents.forEach(mesos::reregister);
        }

        private Set<String> running() {
            return new TreeSet<>(tasks.keySet());
        }
    }
}
