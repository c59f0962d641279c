package io.meridian.sources.mesos;

import static io.meridian.sources.mesos.Documents.address;
import static io.meridian.sources.mesos.Documents.agent;
import static io.meridian.sources.mesos.Documents.agentAdded;
import static io.meridian.sources.mesos.Documents.cluster;
import static io.meridian.sources.mesos.Documents.framework;
import static io.meridian.sources.mesos.Documents.status;
import static io.meridian.sources.mesos.Documents.subscribed;
import static io.meridian.sources.mesos.Documents.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.TaskPhase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Agents that a master has lost contact with, and their tasks. */
class LostAgentsTest {
    private static final String KAFKA = "F1";
    private static final String T0 = "kafka:broker F1/t0";

    private final SignalRecorder recorder = new SignalRecorder();

    /** The statuses of a task have its earlier states, so a report after the loss is enough. */
    @ParameterizedTest
    @CsvSource({
        "TASK_STARTING TASK_RUNNING, RUNNING",
        "TASK_STARTING TASK_RUNNING TASK_KILLING, KILLING",
        "TASK_STARTING, STARTING",
        "'', STAGING"
    })
    void aTaskFirstReportedUnreachableKeepsItsEarlierPhase(String before, TaskPhase phase) {
        for (String lost : List.of("TASK_UNREACHABLE", "TASK_LOST")) {
            SignalRecorder first = new SignalRecorder();
            first.send(
                    subscribed(
                            List.of(),
                            List.of(),
                            List.of(framework(KAFKA, "kafka")),
                            List.of(lost(before, lost))));
            MesosTask task = first.tasks().get(T0);
            assertThat(task.unreachable()).as(lost).isTrue();
            assertThat(task.phase()).as(lost).isEqualTo(phase);
        }
    }

    @Test
    void aTaskLostWhileDetachedKeepsItsAgentsAddress() {
        recorder.send(cluster(KAFKA, List.of("S1", "S2")));
        recorder.send(cluster(KAFKA, List.of("S2"), lost("TASK_RUNNING", "TASK_UNREACHABLE")));
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(recorder.tasks().get(T0).agent().addresses()).containsExactly(ip(address("S1")));
        assertThat(recorder.agents()).containsExactly("S2");
        assertThat(recorder.fold.known().agents()).isOne();

        recorder.send(cluster(KAFKA, List.of("S2")));
        recorder.send(cluster(KAFKA, List.of("S2"), lost("TASK_RUNNING", "TASK_UNREACHABLE")));
        assertThat(recorder.tasks().get(T0).agent().addresses())
                .as("forgotten with its last task")
                .isEmpty();
    }

    @Test
    void anIdleAgentMissingFromTwoAnswersIsLostUnlessReportedSince() {
        recorder.send(cluster(KAFKA, List.of("S1", "S2")));
        long asked = recorder.fold.heard();
        recorder.send(agentAdded("S3"));
        recorder.fold.agents(Set.of("S2"), asked);
        assertThat(recorder.agents()).as("once is not enough").containsExactly("S1", "S2", "S3");
        recorder.fold.agents(Set.of("S1", "S2"), asked);
        recorder.fold.agents(Set.of("S2"), asked);
        assertThat(recorder.agents()).as("twice in a row").containsExactly("S1", "S2", "S3");
        recorder.fold.agents(Set.of("S2"), asked);
        assertThat(recorder.agents()).containsExactly("S2", "S3");
        recorder.fold.list(recorder.now);
        assertThat(recorder.agents()).containsExactly("S2", "S3");
        recorder.fold.agents(Set.of("S2"), recorder.fold.heard());
        assertThat(recorder.agents())
                .as("four answers without S3 followed questions before its registration")
                .containsExactly("S2", "S3");

        recorder.send(agentAdded("S1"));
        assertThat(recorder.agents()).containsExactly("S1", "S2", "S3");
        recorder.fold.agents(Set.of("S2", "S3"), recorder.fold.heard());
        assertThat(recorder.agents())
                .as("the count starts again")
                .containsExactly("S1", "S2", "S3");
    }

    @Test
    void anAnswerWithoutAnAgentThatRunsATaskIsRejected() {
        recorder.send(cluster(KAFKA, List.of("S1", "S2"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        for (Set<String> named : List.of(Set.of("S2"), Set.<String>of())) {
            for (int time = 0; time < 3; time++) {
                assertThat(recorder.fold.agents(named, recorder.fold.heard())).isFalse();
            }
        }
        assertThat(recorder.agents()).containsExactly("S1", "S2");
        assertThat(recorder.tasks().get(T0).unreachable()).isFalse();
        for (int time = 0; time < 2; time++) {
            assertThat(recorder.fold.agents(Set.of("S1"), recorder.fold.heard())).isTrue();
        }
        assertThat(recorder.agents()).containsExactly("S1");
    }

    @Test
    void whileAgentsAreAwaitedAnUnnamedAgentIsNotLost() {
        recorder.send(cluster(KAFKA, List.of("S1", "S2")));
        recorder.send(
                subscribed(
                        List.of(agent("S1")),
                        List.of("S2"),
                        List.of(framework(KAFKA, "kafka")),
                        List.of()));
        recorder.fold.agents(Set.of("S1"), recorder.fold.heard());
        assertThat(recorder.agents()).containsExactly("S1", "S2");
    }

    private static String lost(String before, String state) {
        List<String> statuses = new ArrayList<>();
        for (String one : before.split(" ")) {
            if (!one.isEmpty()) {
                statuses.add(status("t0", "S1", one, 1000 + statuses.size(), ""));
            }
        }
        statuses.add(
                """
                {"task_id":{"value":"t0"},"state":"%s","agent_id":{"value":"S1"},"timestamp":2000,\
                "reason":"REASON_SLAVE_REMOVED","unreachable_time":{"nanoseconds":2000000000000}}\
                """
                        .formatted(state));
        return task("t0", KAFKA, "S1", "TASK_STAGING")
                .replace("\"TASK_STAGING\"", "\"" + state + "\"")
                .replace("\"statuses\":[]", "\"statuses\":[" + String.join(",", statuses) + "]");
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text).orElseThrow();
    }
}
