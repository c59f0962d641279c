package io.meridian.sources.mesos;

import static io.meridian.sources.mesos.Documents.agent;
import static io.meridian.sources.mesos.Documents.agentAdded;
import static io.meridian.sources.mesos.Documents.agentRemoved;
import static io.meridian.sources.mesos.Documents.cluster;
import static io.meridian.sources.mesos.Documents.framework;
import static io.meridian.sources.mesos.Documents.frameworkAdded;
import static io.meridian.sources.mesos.Documents.frameworkRemoved;
import static io.meridian.sources.mesos.Documents.status;
import static io.meridian.sources.mesos.Documents.subscribed;
import static io.meridian.sources.mesos.Documents.task;
import static io.meridian.sources.mesos.Documents.taskAdded;
import static io.meridian.sources.mesos.Documents.taskUpdated;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.marathon.Fixtures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class MesosFoldTest {
    private static final String KAFKA = "F1";
    private static final String T0 = "kafka:broker F1/t0";
    private final SignalRecorder recorder = new SignalRecorder();

    @Test
    void aStateWithoutAwaitedAgentsIsCompleteAtOnce() {
        recorder.send(cluster(KAFKA, List.of("S1", "S2"), task("t0", KAFKA, "S1", "TASK_RUNNING")));

        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(recorder.listings()).isOne();
        assertThat(recorder.agents()).containsExactly("S1", "S2");
        MesosTask task = recorder.tasks().get(T0);
        assertThat(task.phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(task.agent().addresses()).containsExactly(ip("10.0.0.1"));
        assertThat(task.hostPorts()).containsExactly(9092);
        assertThat(recorder.signals)
                .contains(
                        new SourceSignal.ClusterObserved(
                                new ClusterClaim.FrameworkSeen(
                                        KAFKA, "kafka", "", "10.0.1.1", List.of(ip("10.0.1.1")))));
    }

    @Test
    void afterAFailoverNothingIsListedBeforeAllAgentsReregisterAndTheQuietPeriod() {
        recorder.send(
                cluster(
                        KAFKA,
                        List.of("S1", "S2"),
                        task("t0", KAFKA, "S1", "TASK_RUNNING"),
                        task("t1", KAFKA, "S2", "TASK_RUNNING")));
        recorder.fold.detached();
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.DETACHED);
        recorder.send(subscribed(List.of(), List.of("S1", "S2"), List.of(), List.of()));

        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.AWAITING_AGENTS);
        assertThat(recorder.fold.known().awaitedAgents()).isEqualTo(2);
        recorder.send(agentAdded("S1"));
        recorder.send(frameworkAdded(KAFKA, "kafka"));
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        recorder.pass(Duration.ofMinutes(9));
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.AWAITING_AGENTS);
        recorder.send(agentAdded("S2"));
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.SETTLING);
        recorder.pass(Duration.ofSeconds(9));
        assertThat(recorder.listings()).isOne();
        assertThat(recorder.tasks()).containsOnlyKeys(T0, "kafka:broker F1/t1");
        assertThat(recorder.ends()).isEmpty();

        recorder.pass(Duration.ofSeconds(1));

        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(recorder.listings()).isEqualTo(2);
        assertThat(recorder.tasks()).as("t1 never came back").containsOnlyKeys(T0);
        assertThat(recorder.agents()).containsExactly("S1", "S2");
    }

    @Test
    void anAgentThatNeverReregistersIsGivenUpAfterTheTimeout() {
        recorder.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        recorder.fold.detached();
        recorder.send(
                subscribed(
                        List.of(), List.of("S1"), List.of(framework(KAFKA, "kafka")), List.of()));
        recorder.pass(SignalRecorder.LIMIT.minusMillis(1));
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.AWAITING_AGENTS);
        recorder.pass(Duration.ofMillis(1));
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.SETTLING);
        assertThat(recorder.tasks()).hasSize(1);
        recorder.pass(SignalRecorder.QUIET);
        assertThat(recorder.tasks()).isEmpty();
        assertThat(recorder.agents()).isEmpty();
        assertThat(recorder.ends()).as("no end was reported").isEmpty();
    }

    @Test
    void aKnownAgentThatTheNewLeaderDoesNotNameIsAwaited() {
        recorder.send(cluster(KAFKA, List.of("S1", "S2"), task("t0", KAFKA, "S2", "TASK_RUNNING")));
        recorder.fold.detached();
        recorder.send(cluster(KAFKA, List.of("S1")));
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.AWAITING_AGENTS);
        assertThat(recorder.tasks()).hasSize(1);
        recorder.send(agentRemoved("S2"));
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.SETTLING);
        assertThat(recorder.ends()).containsExactly("t0 AGENT_REMOVED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TASK_FINISHED",
                "TASK_FAILED",
                "TASK_KILLED",
                "TASK_ERROR",
                "TASK_DROPPED",
                "TASK_GONE",
                "TASK_GONE_BY_OPERATOR"
            })
    void aTerminalStateEndsTheTaskOnceAndForAll(String state) {
        recorder.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        recorder.send(taskUpdated(KAFKA, state, status("t0", "S1", state, 1001, "")));
        recorder.send(taskUpdated(KAFKA, state, status("t0", "S1", state, 1001, "")));
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(recorder.ends()).containsExactly("t0 " + state);
        assertThat(recorder.tasks()).isEmpty();
        recorder.pass(Duration.ofMinutes(10));
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(recorder.tasks()).as("an id may be used again some day").containsKey(T0);
    }

    /** A launch has no statuses; a report of a known task has those of its life. */
    @Test
    void aLaunchAfterAnEndBeginsANewLifeOfTheTaskId() {
        recorder.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        recorder.send(ended("t0", 1001));
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_STAGING")));
        recorder.send(running(1000, ""));
        assertThat(recorder.tasks().get(T0).phase()).isEqualTo(TaskPhase.RUNNING);

        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_STAGING")));
        assertThat(recorder.ends()).containsExactly("t0 TASK_FINISHED", "t0 RELAUNCHED");
    }

    @Test
    void aReportOfATaskWhoseEndCameEarlierIsLate() {
        recorder.send(cluster(KAFKA, List.of("S1")));
        recorder.send(ended("t0", 1001));
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_STAGING")));
        assertThat(recorder.tasks()).isEmpty();
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_STAGING")));
        assertThat(recorder.tasks()).as("the next launch").containsKey(T0);
    }

    @Test
    void aSnapshotMayHaveATaskIdThatEndedBeforeAndIsCompletedToo() {
        recorder.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        recorder.send(ended("t0", 1001));
        String running = task("t0", KAFKA, "S1", "TASK_RUNNING");
        recorder.send(
                cluster(KAFKA, List.of("S1"), running)
                        .replace(
                                "\"get_tasks\":{",
                                "\"get_tasks\":{\"completed_tasks\":["
                                        + task("t0", KAFKA, "S1", "TASK_FINISHED")
                                        + "],"));
        assertThat(recorder.tasks()).containsKey(T0);
        assertThat(recorder.ends()).containsExactly("t0 TASK_FINISHED");
    }

    @Test
    void tasksOfOneIdInFrameworksOfOneNameAreTwoTasksOfOneService() {
        recorder.send(
                subscribed(
                        List.of(agent("S1")),
                        List.of(),
                        List.of(framework("F1", "kafka"), framework("F2", "kafka")),
                        List.of(
                                task("t0", "F1", "S1", "TASK_RUNNING"),
                                task("t0", "F2", "S1", "TASK_RUNNING"))));
        assertThat(recorder.tasks()).containsOnlyKeys("kafka:broker F1/t0", "kafka:broker F2/t0");
    }

    private static String ended(String task, int timestamp) {
        return taskUpdated(
                KAFKA, "TASK_FINISHED", status(task, "S1", "TASK_FINISHED", timestamp, ""));
    }

    @Test
    void aTaskThatEndedBeforeItsReportIsEmittedAsEnded() {
        recorder.send(cluster(KAFKA, List.of("S1")));
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_FAILED")));
        assertThat(recorder.ends()).containsExactly("t0 TASK_FAILED");
    }

    @Test
    void theOuterStateSetsThePhaseAndOnlyARunningStatusTheAddresses() {
        recorder.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_STAGING")));
        recorder.send(
                taskUpdated(KAFKA, "TASK_RUNNING", status("t0", "S1", "TASK_STARTING", 1, "")));
        assertThat(recorder.tasks().get(T0).phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(recorder.tasks().get(T0).addresses()).isEmpty();
        recorder.send(
                taskUpdated(KAFKA, "TASK_RUNNING", status("t0", "S1", "TASK_RUNNING", 2, "")));
        assertThat(recorder.tasks().get(T0).addresses()).containsExactly(ip("10.0.0.1"));
    }

    @Test
    void healthIsTheLastVerdictAndAStatusWithoutOneKeepsIt() {
        recorder.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(recorder.tasks().get(T0).health()).isEqualTo(Health.UNKNOWN);
        recorder.send(running(1001, ",\"healthy\":true"));
        assertThat(recorder.tasks().get(T0).health()).isEqualTo(Health.HEALTHY);
        recorder.send(running(1003, ",\"healthy\":true"));
        recorder.send(running(1002, ",\"healthy\":false"));
        recorder.send(running(1004, ""));
        assertThat(recorder.tasks().get(T0).health()).isEqualTo(Health.UNHEALTHY);
    }

    @Test
    void anUnreachableTaskKeepsItsDataAndItsAgentLosesItsNameUntilItReturns() {
        recorder.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        recorder.send(
                """
                {"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"F1"},"state":"TASK_UNREACHABLE",
                "status":{"task_id":{"value":"t0"},"state":"TASK_UNREACHABLE","agent_id":{"value":"S1"},"timestamp":2000,
                "reason":"REASON_AGENT_REMOVED","unreachable_time":{"nanoseconds":2000000000000}}}}
                """);
        MesosTask lost = recorder.tasks().get(T0);
        assertThat(lost.unreachable()).isTrue();
        assertThat(lost.phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(lost.addresses()).containsExactly(ip("10.0.0.1"));
        assertThat(lost.agent().addresses()).containsExactly(ip("10.0.0.1"));
        assertThat(recorder.agents()).isEmpty();
        assertThat(recorder.fold.known().unreachableTasks()).isOne();

        recorder.send(agentAdded("S1"));
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(recorder.tasks().get(T0).unreachable()).isFalse();
        assertThat(recorder.agents()).containsExactly("S1");
        assertThat(recorder.fold.known().unreachableTasks()).isZero();
    }

    @Test
    void aLostTaskMayReturnUnlessItsReasonIsFinal() {
        recorder.send(
                cluster(
                        KAFKA,
                        List.of("S1"),
                        task("t0", KAFKA, "S1", "TASK_RUNNING"),
                        task("t1", KAFKA, "S1", "TASK_RUNNING")));
        String gone = ",\"reason\":\"REASON_AGENT_REMOVED\"";
        String unknown = ",\"reason\":\"REASON_TASK_UNKNOWN\"";
        recorder.send(taskUpdated(KAFKA, "TASK_LOST", status("t0", "S1", "TASK_LOST", 2, gone)));
        recorder.send(taskUpdated(KAFKA, "TASK_LOST", status("t1", "S1", "TASK_LOST", 2, unknown)));
        assertThat(recorder.tasks().get(T0).unreachable()).isTrue();
        assertThat(recorder.ends()).containsExactly("t1 TASK_LOST");
        recorder.send(agentRemoved("S1"));
        assertThat(recorder.ends()).containsExactly("t1 TASK_LOST", "t0 AGENT_REMOVED");
    }

    @Test
    void aTaskWaitsForItsFrameworkAndIsEmittedAgainWithItsAgent() {
        recorder.send(subscribed(List.of(), List.of(), List.of(), List.of()));
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(recorder.tasks()).isEmpty();
        assertThat(recorder.fold.known().waitingTasks()).isOne();
        recorder.send(frameworkAdded(KAFKA, "kafka"));
        assertThat(recorder.tasks().get(T0).agent().host()).isEmpty();
        assertThat(recorder.tasks().get(T0).agent().id()).isEqualTo("S1");
        recorder.send(agentAdded("S1"));
        assertThat(recorder.tasks().get(T0).agent().host()).isEqualTo("10.0.0.1");
        assertThat(recorder.fold.known().waitingTasks()).isZero();
    }

    @Test
    void tasksOfARemovedFrameworkEnd() {
        recorder.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        recorder.send(frameworkRemoved(KAFKA));
        assertThat(recorder.ends()).containsExactly("t0 FRAMEWORK_REMOVED");
        assertThat(recorder.signals)
                .contains(new SourceSignal.ClusterObserved(new ClusterClaim.FrameworkGone(KAFKA)));
    }

    @Test
    void aReportWithoutChangeIsNotEmitted() {
        recorder.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        recorder.signals.clear();
        recorder.send(agentAdded("S1"));
        recorder.send(frameworkAdded(KAFKA, "kafka"));
        recorder.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        recorder.send("{\"type\":\"HEARTBEAT\"}");
        recorder.send("{\"type\":\"NEW\"}");
        assertThat(recorder.signals).isEmpty();
    }

    @Test
    void tasksOfMarathonsServicesAreEmittedOneByOneAndNeverListed() {
        SignalRecorder both = new SignalRecorder(Optional.of("marathon"));
        String id = "shop_web.instance-6b0cf0a1-b07d-11ea-9c11-70b3d5800003._app.1";
        both.send(
                subscribed(
                        List.of(agent("S1")),
                        List.of(),
                        List.of(framework("F0", "marathon"), framework(KAFKA, "kafka")),
                        List.of(
                                task(id, "F0", "S1", "TASK_RUNNING"),
                                task("t0", KAFKA, "S1", "TASK_RUNNING"))));
        Observation.MesosTaskSeen seen =
                both.signals.stream()
                        .filter(SourceSignal.Observed.class::isInstance)
                        .map(signal -> ((SourceSignal.Observed) signal).observation())
                        .map(Observation.MesosTaskSeen.class::cast)
                        .toList()
                        .getFirst();
        assertThat(seen.service()).isEqualTo(new ServiceId("marathon", "/shop/web"));
        assertThat(seen.owned()).isFalse();
        assertThat(
                        both.signals.stream()
                                .filter(SourceSignal.ListedAll.class::isInstance)
                                .flatMap(all -> ((SourceSignal.ListedAll) all).services().stream())
                                .map(Observation::service))
                .containsExactly(new ServiceId("kafka", "broker"));
    }

    @Test
    void twoFrameworksWithTheNameOfMarathonAreAnExceptionOfTheListing() throws IOException {
        SignalRecorder both = twoMarathons("");

        assertThat(exceptions(both))
                .singleElement()
                .asString()
                .contains("20260101-000000-1-5050-1-0005", "20260101-000000-1-5050-1-0006");
    }

    @Test
    void theIdOfMarathonsFrameworkTellsItsTasksFromThoseOfAnotherMarathon() throws IOException {
        SignalRecorder both = twoMarathons("20260101-000000-1-5050-1-0005");

        assertThat(exceptions(both)).isEmpty();
        String first = "web.instance-00000000-0000-11f1-8000-000000000001._app.1";
        String second =
                "20260101-000000-1-5050-1-0006/"
                        + "web.instance-00000000-0000-11f1-8000-0000000000aa._app.1";
        assertThat(both.tasks().keySet())
                .as("Marathon's own and, in the listing of Mesos, the other's")
                .contains("marathon:web " + second);
        assertThat(both.signals)
                .anyMatch(
                        signal ->
                                signal
                                                instanceof
                                                SourceSignal.Observed(
                                                        Observation.MesosTaskSeen seen)
                                        && !seen.owned()
                                        && seen.service().path().equals("/web")
                                        && seen.task().id().toString().equals(first));
    }

    private static List<String> exceptions(SignalRecorder recorder) {
        return recorder.signals.stream()
                .filter(SourceSignal.ListedAll.class::isInstance)
                .map(all -> ((SourceSignal.ListedAll) all).exceptions())
                .flatMap(exceptions -> exceptions.sentences().stream())
                .toList();
    }

    private SignalRecorder twoMarathons(String id) throws IOException {
        SignalRecorder both = new SignalRecorder(Optional.of("marathon"), id);
        try (InputStream state =
                getClass()
                        .getResourceAsStream("/cases/two-frameworks-called-marathon/state.json")) {
            both.send(
                    "{\"type\":\"SUBSCRIBED\",\"subscribed\":{\"get_state\":"
                            + new String(state.readAllBytes(), StandardCharsets.UTF_8)
                            + "}}");
        }
        return both;
    }

    @Test
    void anEntryIsEmittedAgainWhenItsHostIsResolved() {
        Map<String, List<IpAddress>> names = new HashMap<>();
        SignalRecorder named =
                new SignalRecorder(Optional.empty(), host -> names.getOrDefault(host, List.of()));
        named.send(
                subscribed(
                        List.of(agent("S1", "slave(1)@node-1:5051")),
                        List.of(),
                        List.of(framework(KAFKA, "kafka")),
                        List.of(task("t0", KAFKA, "S1", "TASK_RUNNING"))));
        assertThat(named.tasks().get(T0).agent().addresses()).isEmpty();
        names.put("node-1", List.of(ip("10.0.0.1"), ip("fd00::1")));
        named.fold.resolved();
        assertThat(named.tasks().get(T0).agent().addresses())
                .containsExactly(ip("10.0.0.1"), ip("fd00::1"));
        names.clear();
        named.send(agentAdded("S1"));
        named.fold.resolved();
        assertThat(named.tasks().get(T0).agent().addresses())
                .as("the last known addresses are kept")
                .isNotEmpty();
    }

    @Test
    void pollingKeepsTasksThatARecentlyElectedMasterDoesNotList() {
        StateDocument all =
                MessageReader.state(new ByteArrayInputStream(bytes(List.of("S1"), "t0")));
        StateDocument none =
                new StateDocument(
                        List.of(),
                        java.util.Set.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        "master@10.0.0.9:5050",
                        "master@10.0.0.9:5050",
                        Optional.of(recorder.now),
                        0,
                        SourceSignal.Exceptions.NONE);
        recorder.fold.snapshot(all, recorder.now);
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        for (int i = 0; i < 19; i++) {
            recorder.pass(Duration.ofSeconds(30));
            recorder.fold.snapshot(none, recorder.now);
            assertThat(recorder.tasks()).hasSize(1);
        }
        recorder.pass(Duration.ofSeconds(30));
        recorder.fold.snapshot(none, recorder.now);
        recorder.pass(Duration.ofSeconds(30));
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(recorder.tasks()).isEmpty();
    }

    @Test
    void aRealStreamAfterAFailoverEndsWithTheRunningTask() {
        Fixtures.lines("mesos/operator-api/recovered-agents.json").forEach(recorder::send);
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.SETTLING);
        recorder.pass(SignalRecorder.QUIET);
        assertThat(recorder.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(recorder.tasks())
                .containsOnlyKeys(
                        "marathon:web 65fccc5d-35a8-4cae-9eb2-05922043018e-0001/"
                                + "web.instance-8b38cc52-c951-11e9-8d5b-70b3d5800001._app.2");
        assertThat(recorder.tasks().firstEntry().getValue().addresses())
                .containsExactly(ip("172.31.254.10"));
    }

    private static byte[] bytes(List<String> agents, String task) {
        return ("{\"type\":\"GET_STATE\",\"get_state\":"
                        + Documents.state(
                                agents.stream().map(Documents::agent).toList(),
                                List.of(),
                                List.of(framework(KAFKA, "kafka")),
                                List.of(task(task, KAFKA, agents.getFirst(), "TASK_RUNNING")))
                        + "}")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private String running(int timestamp, String more) {
        return taskUpdated(
                KAFKA, "TASK_RUNNING", status("t0", "S1", "TASK_RUNNING", timestamp, more));
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text).orElseThrow();
    }
}
