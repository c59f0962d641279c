package io.meridian.sources.mesos;

import static io.meridian.sources.mesos.Documents.agentAdded;
import static io.meridian.sources.mesos.Documents.framework;
import static io.meridian.sources.mesos.Documents.frameworkAdded;
import static io.meridian.sources.mesos.Documents.status;
import static io.meridian.sources.mesos.Documents.subscribed;
import static io.meridian.sources.mesos.Documents.task;
import static io.meridian.sources.mesos.Documents.taskAdded;
import static io.meridian.sources.mesos.Documents.taskUpdated;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

class MesosFoldLawTest {
    private static final int AGENTS = 5;
    private static final List<String> STATES =
            List.of("TASK_STAGING", "TASK_STARTING", "TASK_RUNNING", "TASK_KILLING");

    /** A random cluster: tasks of two frameworks on agents. */
    private record Cluster(List<String> agents, List<String> tasks) {
        static Cluster of(Random random, int tasks) {
            List<String> agents = new ArrayList<>();
            for (int i = 1; i <= AGENTS; i++) {
                agents.add("S" + i);
            }
            List<String> made = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                made.add(
                        task(
                                "t" + i,
                                "F" + random.nextInt(2),
                                agents.get(random.nextInt(AGENTS)),
                                STATES.get(random.nextInt(STATES.size()))));
            }
            return new Cluster(agents, made);
        }

        String snapshot(List<String> recovered, List<String> some) {
            List<String> there = new ArrayList<>(agents);
            there.removeAll(recovered);
            return subscribed(
                    there.stream().map(Documents::agent).toList(), recovered, frameworks(), some);
        }

        List<String> on(String agent) {
            return tasks.stream().filter(task -> task.contains("\"" + agent + "\"")).toList();
        }

        private static List<String> frameworks() {
            return List.of(framework("F0", "kafka"), framework("F1", "spark"));
        }
    }

    /**
     * No false withdrawal: after any number of leader changes, with any partial snapshots, the fold
     * emits no listing and no end and keeps all tasks until the agents have reregistered.
     */
    @Property(tries = 200)
    void partialSnapshotsWithdrawNothing(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 4) int failovers) {
        Cluster cluster = Cluster.of(random, random.nextInt(12));
        SignalRecorder recorder = new SignalRecorder();
        recorder.send(cluster.snapshot(List.of(), cluster.tasks()));
        var before = recorder.tasks();
        for (int i = 0; i < failovers; i++) {
            recorder.fold.detached();
            recorder.pass(Duration.ofMinutes(random.nextInt(30)));
            List<String> recovered = new ArrayList<>(cluster.agents());
            Collections.shuffle(recovered, random);
            recovered = recovered.subList(0, 1 + random.nextInt(AGENTS));
            List<String> back = new ArrayList<>(cluster.agents());
            back.removeAll(recovered);
            recorder.send(
                    random.nextBoolean()
                            ? cluster.snapshot(
                                    recovered,
                                    back.stream().flatMap(a -> cluster.on(a).stream()).toList())
                            : subscribed(List.of(), recovered, List.of(), List.of()));
            recorder.pass(Duration.ofMinutes(random.nextInt(10)));
            for (String agent : recovered.subList(0, random.nextInt(recovered.size()))) {
                recorder.send(agentAdded(agent));
                cluster.on(agent).forEach(task -> recorder.send(taskAdded(task)));
            }
        }

        assertThat(recorder.listings()).isOne();
        assertThat(recorder.ends()).isEmpty();
        assertThat(recorder.tasks()).isEqualTo(before);
        assertThat(recorder.agents()).isEqualTo(new TreeSet<>(cluster.agents()));
    }

    /** After the gate the fold drops exactly the tasks that the new leader did not report. */
    @Property(tries = 200)
    void afterTheGateOnlyReportedTasksAreListed(@ForAll Random random) {
        Cluster cluster = Cluster.of(random, random.nextInt(12));
        SignalRecorder recorder = new SignalRecorder();
        recorder.send(cluster.snapshot(List.of(), cluster.tasks()));
        recorder.fold.detached();
        recorder.send(cluster.snapshot(cluster.agents(), List.of()));
        List<String> back = cluster.agents().stream().filter(_ -> random.nextBoolean()).toList();
        List<String> kept = new ArrayList<>();
        for (String agent : back) {
            recorder.send(agentAdded(agent));
            for (String task : cluster.on(agent)) {
                if (random.nextBoolean()) {
                    recorder.send(taskAdded(task));
                    kept.add(task);
                }
            }
        }
        recorder.pass(SignalRecorder.LIMIT);
        recorder.pass(SignalRecorder.QUIET);

        SignalRecorder fresh = new SignalRecorder();
        fresh.send(
                subscribed(
                        back.stream().map(Documents::agent).toList(),
                        List.of(),
                        Cluster.frameworks(),
                        kept));
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(recorder.tasks()).isEqualTo(fresh.tasks());
        assertThat(recorder.agents()).isEqualTo(fresh.agents());
        assertThat(recorder.ends()).isEmpty();
    }

    /**
     * Order: agents, frameworks and tasks may come in any order, and updates before their tasks.
     */
    @Property(tries = 300)
    void interleavingUnrelatedEventsDoesNotMatter(@ForAll Random random) {
        List<List<String>> families = new ArrayList<>();
        for (int i = 1; i <= AGENTS; i++) {
            families.add(List.of(agentAdded("S" + i)));
        }
        families.add(List.of(frameworkAdded("F0", "kafka")));
        families.add(List.of(frameworkAdded("F1", "spark")));
        for (int i = 0; i < 6; i++) {
            String id = "t" + i;
            String framework = "F" + random.nextInt(2);
            String on = "S" + (1 + random.nextInt(AGENTS));
            families.add(List.of(taskAdded(task(id, framework, on, "TASK_STAGING"))));
            List<String> updates = new ArrayList<>();
            for (int s = 1; s < 2 + random.nextInt(3); s++) {
                String state = s == 4 ? "TASK_FINISHED" : STATES.get(s);
                updates.add(taskUpdated(framework, state, status(id, on, state, 10 + s, "")));
            }
            if (random.nextInt(4) == 0) {
                updates.add(
                        taskUpdated(
                                framework, "TASK_KILLED", status(id, on, "TASK_KILLED", 20, "")));
            }
            families.add(updates);
        }
        SignalRecorder ordered = played(families.stream().flatMap(List::stream).toList());
        SignalRecorder mixed = played(interleaved(families, random));

        assertThat(mixed.tasks()).isEqualTo(ordered.tasks());
        assertThat(mixed.agents()).isEqualTo(ordered.agents());
        mixed.fold.list(mixed.now);
        ordered.fold.list(ordered.now);
        assertThat(mixed.signals.subList(mixed.signals.size() - 2, mixed.signals.size()))
                .isEqualTo(
                        ordered.signals.subList(
                                ordered.signals.size() - 2, ordered.signals.size()));
    }

    private static SignalRecorder played(List<String> events) {
        SignalRecorder recorder = new SignalRecorder();
        recorder.send(subscribed(List.of(), List.of(), List.of(), List.of()));
        events.forEach(recorder::send);
        return recorder;
    }

    private static List<String> interleaved(List<List<String>> families, Random random) {
        List<List<String>> left = new ArrayList<>();
        families.forEach(family -> left.add(new ArrayList<>(family)));
        List<String> mixed = new ArrayList<>();
        left.removeIf(List::isEmpty);
        while (!left.isEmpty()) {
            List<String> family = left.get(random.nextInt(left.size()));
            mixed.add(family.removeFirst());
            left.removeIf(List::isEmpty);
        }
        return mixed;
    }
}
