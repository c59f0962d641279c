package io.meridian.domain.service;

import static io.meridian.domain.service.Claims.V1;
import static io.meridian.domain.service.Claims.WEB;
import static io.meridian.domain.service.Claims.after;
import static io.meridian.domain.service.Claims.defined;
import static io.meridian.domain.service.Claims.definition;
import static io.meridian.domain.service.Claims.listed;
import static io.meridian.domain.service.Claims.seen;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

class ServiceLawTest {
    /**
     * Order: shuffled and repeated observations of each task's real history leave the same live
     * tasks.
     */
    @Property
    void shuffledAndRepeatedClaimsLeaveTheSameLiveSet(
            @ForAll("histories") List<Integer> lengths, @ForAll Random random) {
        List<Observation> inOrder = new ArrayList<>();
        for (int task = 0; task < lengths.size(); task++) {
            for (int phase = 0; phase < lengths.get(task); phase++) {
                inOrder.add(seen("t" + task, TaskPhase.values()[phase]));
            }
        }
        List<Observation> shuffled = new ArrayList<>(inOrder);
        inOrder.stream().filter(_ -> random.nextInt(3) == 0).forEach(shuffled::add);
        Collections.shuffle(shuffled, random);

        assertThat(phases(fold(shuffled))).isEqualTo(phases(fold(inOrder)));
    }

    /**
     * No false withdrawal: without an observed end or a proof, no sequence of listings removes a
     * live task, however little the listings have.
     */
    @Property
    void listingsWithoutProofWithdrawNothing(
            @ForAll("histories") List<Integer> tasks, @ForAll Random random) {
        Service state = fold(List.of());
        Set<TaskId> live = new HashSet<>();
        for (int i = 0; i < tasks.size(); i++) {
            state = after(state, seen("t" + i, TaskPhase.RUNNING));
            live.add(new TaskId("t" + i));
            TaskSighting[] some =
                    live.stream()
                            .filter(_ -> random.nextBoolean())
                            .map(
                                    task ->
                                            Claims.sighting(
                                                    task.value(),
                                                    TaskPhase.values()[random.nextInt(4)]))
                            .toArray(TaskSighting[]::new);
            state = after(state, listed(definition(V1, V1), some));
            state =
                    after(
                            state,
                            new Observation.HealthSeen(WEB, "instance-of-t" + i, Health.UNHEALTHY));
            assertThat(state.live().keySet()).containsAll(live);
        }
    }

    /** An instance of 60 ports takes some 11 kB, so an entry holds five of them. */
    @Example
    void anEntryHoldsFewerLargeEvents() {
        Instance small =
                after(fold(List.of()), seen("t", TaskPhase.RUNNING)).live().firstEntry().getValue();
        List<BoundPort> ports = Collections.nCopies(60, small.ports().getFirst());
        Instance large =
                new Instance(
                        small.task(),
                        small.instance(),
                        small.version(),
                        small.agent(),
                        small.addresses(),
                        small.mode(),
                        small.containerizer(),
                        ports,
                        small.phase(),
                        small.unreachable(),
                        small.healthChecked(),
                        small.health());
        List<ServiceEvent> facts =
                Collections.nCopies(12, new ServiceEvent.InstanceStarted(WEB, large));

        assertThat(ServiceEventBatch.of(facts))
                .extracting(batch -> batch.events().size())
                .containsExactly(5, 5, 2);
    }

    /** Batches lose no event and keep the order, for any number of events. */
    @Property
    void batchesHoldAllEventsInOrder(
            @ForAll @IntRange(max = 200) int count, @ForAll Random random) {
        List<ServiceEvent> facts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            facts.add(
                    random.nextInt(4) == 0
                            ? new ServiceEvent.InstanceEnded(
                                    WEB, new TaskId("t" + random.nextInt(i + 1)), "TASK_KILLED")
                            : new ServiceEvent.InstanceStarted(
                                    WEB,
                                    after(fold(List.of()), seen("t" + i, TaskPhase.RUNNING))
                                            .live()
                                            .firstEntry()
                                            .getValue()));
        }
        List<ServiceEventBatch> batches = ServiceEventBatch.of(facts);

        assertThat(batches.stream().flatMap(batch -> batch.events().stream()).toList())
                .isEqualTo(facts);
        assertThat(batches).hasSize((count + 63) / 64);
        Service folded = Service.empty(WEB);
        for (ServiceEventBatch batch : batches) {
            folded = folded.apply(batch.events());
        }
        assertThat(folded).isEqualTo(Service.empty(WEB).apply(facts));
    }

    /** Replaying the events gives the state from which they were decided. */
    @Property
    void replayEqualsTheLiveState(
            @ForAll("histories") List<Integer> lengths, @ForAll Random random) {
        Service state = Service.empty(WEB);
        List<ServiceEvent> journal = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int task = random.nextInt(lengths.size() + 1);
            Observation claim =
                    random.nextInt(5) == 0
                            ? defined(definition(V1, V1))
                            : seen("t" + task, TaskPhase.values()[random.nextInt(5)]);
            List<ServiceEvent> facts = state.decide(claim);
            journal.addAll(facts);
            state = state.apply(facts);
        }
        assertThat(Service.empty(WEB).apply(journal)).isEqualTo(state);
    }

    private static Service fold(List<Observation> claims) {
        return after(after(defined(definition(V1, V1))), claims.toArray(Observation[]::new));
    }

    private static Map<TaskId, TaskPhase> phases(Service state) {
        Map<TaskId, TaskPhase> phases = new TreeMap<>();
        state.live().forEach((task, instance) -> phases.put(task, instance.phase()));
        return phases;
    }

    @Provide
    Arbitrary<List<Integer>> histories() {
        return Arbitraries.integers().between(1, 5).list().ofMinSize(1).ofMaxSize(8);
    }
}
