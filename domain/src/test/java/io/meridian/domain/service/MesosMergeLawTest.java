package io.meridian.domain.service;

import static io.meridian.domain.service.Claims.V1;
import static io.meridian.domain.service.Claims.WEB;
import static io.meridian.domain.service.Claims.after;
import static io.meridian.domain.service.Claims.defined;
import static io.meridian.domain.service.Claims.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Merge of two sources: Marathon owns a service, and Mesos only adds to its tasks, in any order of
 * reports.
 */
class MesosMergeLawTest {
    /** The observations of each source stay in order; their interleaving makes no difference. */
    @Property
    void instancesDoNotDependOnTheOrderOfSources(@ForAll Random random) {
        List<Observation> marathon = marathon(random);
        List<Observation> mesos = mesos(random);

        Service marathonFirst = fold(Stream.concat(marathon.stream(), mesos.stream()).toList());
        Service mesosFirst = fold(Stream.concat(mesos.stream(), marathon.stream()).toList());
        Service mixed = fold(interleaved(marathon, mesos, random));

        assertThat(mesosFirst.live()).isEqualTo(marathonFirst.live());
        assertThat(mixed.live()).isEqualTo(marathonFirst.live());
    }

    /** The parts that Marathon reported are as without a Mesos source. */
    @Property
    void mesosOnlyAddsToTasksThatMarathonOwns(@ForAll Random random) {
        List<Observation> marathon = marathon(random);
        Service alone = fold(marathon);
        Service both = fold(interleaved(marathon, mesos(random), random));

        assertThat(both.live().keySet()).isEqualTo(alone.live().keySet());
        assertThat(both.ended()).isEqualTo(alone.ended());
        alone.live()
                .forEach(
                        (task, told) -> {
                            Instance merged = both.live().get(task);
                            assertThat(merged.phase()).isEqualTo(told.phase());
                            assertThat(merged.health()).isEqualTo(told.health());
                            assertThat(merged.unreachable()).isEqualTo(told.unreachable());
                            assertThat(merged.ports()).isEqualTo(told.ports());
                            if (!told.addresses().isEmpty()) {
                                assertThat(merged.addresses()).isEqualTo(told.addresses());
                            }
                            if (!told.agent().id().isEmpty()) {
                                assertThat(merged.agent().id()).isEqualTo(told.agent().id());
                            }
                        });
    }

    @Property
    void supplementsAreReplayedAndRemovedWithTheirTasks(@ForAll Random random) {
        Service state = Service.empty(WEB);
        List<ServiceEvent> journal = new ArrayList<>();
        for (Observation claim : interleaved(marathon(random), mesos(random), random)) {
            List<ServiceEvent> facts = state.decide(claim);
            journal.addAll(facts);
            state = state.apply(facts);
        }
        assertThat(Service.empty(WEB).apply(journal)).isEqualTo(state);
        assertThat(Collections.disjoint(state.supplements().keySet(), state.live().keySet()))
                .isTrue();
        assertThat(Collections.disjoint(state.supplements().keySet(), state.ended())).isTrue();
    }

    /**
     * A task whose only source is Mesos has the state that its last observations give: phases only
     * rise, and after an end, reported or proven, the id has a new life.
     */
    @Property
    void phasesOfATaskOfMesosAloneOnlyRiseUntilItsEnd(@ForAll Random random) {
        ServiceId broker = new ServiceId("kafka", "broker");
        Service state = Service.empty(broker);
        TreeMap<TaskId, TaskPhase> live = new TreeMap<>();
        for (int i = 0; i < 40; i++) {
            MesosTask task = task(random, "F" + random.nextInt(2));
            boolean missed = random.nextInt(8) == 0;
            state =
                    after(
                            state,
                            missed
                                    ? new Observation.Absent(
                                            broker,
                                            new TreeSet<>(List.of(task.id())),
                                            random.nextBoolean(),
                                            "lacked")
                                    : new Observation.MesosTaskSeen(broker, task, true, "said"));
            if (missed || task.phase() == TaskPhase.GONE) {
                live.remove(task.id());
            } else if (task.phase().compareTo(TaskPhase.RUNNING) >= 0
                    || live.containsKey(task.id())) {
                live.merge(task.id(), task.phase(), (a, b) -> a.compareTo(b) > 0 ? a : b);
            }
            TreeMap<TaskId, TaskPhase> phases = new TreeMap<>();
            state.live().forEach((id, instance) -> phases.put(id, instance.phase()));
            assertThat(phases).isEqualTo(live);
            assertThat(state.exists()).isEqualTo(!live.isEmpty());
            assertThat(state.ended()).isEmpty();
        }
    }

    private static Service fold(List<Observation> claims) {
        return after(after(defined(definition(V1, V1))), claims.toArray(Observation[]::new));
    }

    private static List<Observation> interleaved(
            List<Observation> a, List<Observation> b, Random random) {
        List<Observation> all = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < a.size() || j < b.size()) {
            boolean first = j == b.size() || i < a.size() && random.nextBoolean();
            all.add(first ? a.get(i++) : b.get(j++));
        }
        return all;
    }

    private static List<Observation> marathon(Random random) {
        List<Observation> claims = new ArrayList<>();
        for (int i = 0; i < random.nextInt(12); i++) {
            claims.add(
                    new Observation.TaskSeen(
                            WEB,
                            new TaskSighting(
                                    new TaskId("t" + random.nextInt(3)),
                                    "i",
                                    "",
                                    V1,
                                    phase(random),
                                    random.nextInt(5) == 0,
                                    agent(random),
                                    addresses(random, "172.17.0."),
                                    List.of(31000, 31001),
                                    Health.values()[random.nextInt(3)]),
                            "said"));
        }
        return claims;
    }

    private static List<Observation> mesos(Random random) {
        List<Observation> claims = new ArrayList<>();
        for (int i = 0; i < random.nextInt(12); i++) {
            claims.add(new Observation.MesosTaskSeen(WEB, task(random, ""), false, "said"));
        }
        return claims;
    }

    private static MesosTask task(Random random, String framework) {
        return new MesosTask(
                new TaskId(framework, "t" + random.nextInt(3)),
                "marathon",
                "web.shop",
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(new MesosTask.Discovery("web.shop", List.of())),
                phase(random),
                random.nextInt(5) == 0,
                agent(random),
                NetworkMode.CONTAINER,
                Containerizer.DOCKER,
                addresses(random, "9.0.1."),
                addresses(random, "9.0.2."),
                addresses(random, "9.0.3."),
                random.nextBoolean() ? List.of() : List.of(31000),
                List.of(),
                new TreeMap<>(),
                Health.values()[random.nextInt(3)],
                random.nextBoolean());
    }

    private static TaskPhase phase(Random random) {
        return random.nextInt(3) > 0
                ? TaskPhase.RUNNING
                : TaskPhase.values()[random.nextInt(TaskPhase.values().length)];
    }

    private static Agent agent(Random random) {
        return new Agent(
                random.nextBoolean() ? "" : "m-S" + random.nextInt(2),
                random.nextBoolean() ? "" : "host" + random.nextInt(2),
                addresses(random, "192.0.2."));
    }

    private static List<IpAddress> addresses(Random random, String net) {
        return random.nextBoolean()
                ? List.of()
                : List.of(IpAddress.literal(net + random.nextInt(1, 4)));
    }
}
