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

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class MesosFoldTest {
    private static final String KAFKA = "F1";
    private static final String T0 = "kafka:broker t0";
    private final SignalRecorder told = new SignalRecorder();

    @Test
    void aMasterThatKnowsAllItsAgentsIsBelievedAtOnce() {
        told.send(cluster(KAFKA, List.of("S1", "S2"), task("t0", KAFKA, "S1", "TASK_RUNNING")));

        assertThat(told.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(told.listings()).isOne();
        assertThat(told.agents()).containsExactly("S1", "S2");
        MesosTask task = told.tasks().get(T0);
        assertThat(task.phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(task.agent().addresses()).containsExactly(ip("10.0.0.1"));
        assertThat(task.hostPorts()).containsExactly(9092);
        assertThat(told.signals)
                .contains(
                        new SourceSignal.ClusterObserved(
                                new ClusterClaim.FrameworkSeen(
                                        KAFKA, "kafka", "", "10.0.1.1", List.of(ip("10.0.1.1")))));
    }

    @Test
    void afterAFailoverNothingIsListedUntilAllAgentsCameBackAndItWasQuiet() {
        told.send(
                cluster(
                        KAFKA,
                        List.of("S1", "S2"),
                        task("t0", KAFKA, "S1", "TASK_RUNNING"),
                        task("t1", KAFKA, "S2", "TASK_RUNNING")));
        told.fold.detached();
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.DETACHED);
        told.send(subscribed(List.of(), List.of("S1", "S2"), List.of(), List.of()));

        assertThat(told.fold.phase()).isEqualTo(MesosPhase.AWAITING_AGENTS);
        assertThat(told.fold.known().awaitedAgents()).isEqualTo(2);
        told.send(agentAdded("S1"));
        told.send(frameworkAdded(KAFKA, "kafka"));
        told.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        told.pass(Duration.ofMinutes(9));
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.AWAITING_AGENTS);
        told.send(agentAdded("S2"));
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.SETTLING);
        told.pass(Duration.ofSeconds(9));
        assertThat(told.listings()).isOne();
        assertThat(told.tasks()).containsOnlyKeys(T0, "kafka:broker t1");
        assertThat(told.ends()).isEmpty();

        told.pass(Duration.ofSeconds(1));

        assertThat(told.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(told.listings()).isEqualTo(2);
        assertThat(told.tasks()).as("t1 never came back").containsOnlyKeys(T0);
        assertThat(told.agents()).containsExactly("S1", "S2");
    }

    @Test
    void anAgentThatNeverComesBackIsGivenUpAfterTheLimit() {
        told.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        told.fold.detached();
        told.send(
                subscribed(
                        List.of(), List.of("S1"), List.of(framework(KAFKA, "kafka")), List.of()));
        told.pass(SignalRecorder.LIMIT.minusMillis(1));
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.AWAITING_AGENTS);
        told.pass(Duration.ofMillis(1));
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.SETTLING);
        assertThat(told.tasks()).hasSize(1);
        told.pass(SignalRecorder.QUIET);
        assertThat(told.tasks()).isEmpty();
        assertThat(told.agents()).isEmpty();
        assertThat(told.ends()).as("nobody said that it ended").isEmpty();
    }

    @Test
    void anAgentThatTheNewLeaderDoesNotEvenRecallIsAwaitedToo() {
        told.send(cluster(KAFKA, List.of("S1", "S2"), task("t0", KAFKA, "S2", "TASK_RUNNING")));
        told.fold.detached();
        told.send(cluster(KAFKA, List.of("S1")));
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.AWAITING_AGENTS);
        assertThat(told.tasks()).hasSize(1);
        told.send(agentRemoved("S2"));
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.SETTLING);
        assertThat(told.ends()).containsExactly("t0 AGENT_REMOVED");
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
        told.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        told.send(taskUpdated(KAFKA, state, status("t0", "S1", state, 1001, "")));
        told.send(taskUpdated(KAFKA, state, status("t0", "S1", state, 1001, "")));
        told.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(told.ends()).containsExactly("t0 " + state);
        assertThat(told.tasks()).isEmpty();
        told.pass(Duration.ofMinutes(10));
        told.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(told.tasks()).as("an id may be used again some day").containsKey(T0);
    }

    @Test
    void aTaskThatHadEndedBeforeItIsToldOfIsToldToHaveEnded() {
        told.send(cluster(KAFKA, List.of("S1")));
        told.send(taskAdded(task("t0", KAFKA, "S1", "TASK_FAILED")));
        assertThat(told.ends()).containsExactly("t0 TASK_FAILED");
    }

    @Test
    void theOuterStateCountsForTheLifeAndAddressesOnlyOfAStatusThatRuns() {
        told.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_STAGING")));
        told.send(taskUpdated(KAFKA, "TASK_RUNNING", status("t0", "S1", "TASK_STARTING", 1, "")));
        assertThat(told.tasks().get(T0).phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(told.tasks().get(T0).addresses()).isEmpty();
        told.send(taskUpdated(KAFKA, "TASK_RUNNING", status("t0", "S1", "TASK_RUNNING", 2, "")));
        assertThat(told.tasks().get(T0).addresses()).containsExactly(ip("10.0.0.1"));
    }

    @Test
    void healthIsTheLastVerdictAndSilenceChangesNone() {
        told.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(told.tasks().get(T0).health()).isEqualTo(Health.UNKNOWN);
        told.send(running(1001, ",\"healthy\":true"));
        assertThat(told.tasks().get(T0).health()).isEqualTo(Health.HEALTHY);
        told.send(running(1003, ",\"healthy\":false"));
        told.send(running(1002, ",\"healthy\":true"));
        told.send(running(1004, ""));
        assertThat(told.tasks().get(T0).health()).isEqualTo(Health.UNHEALTHY);
    }

    @Test
    void anUnreachableTaskKeepsWhatIsKnownAndItsAgentLeavesTheNamesUntilItComesBack() {
        told.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        told.send(
                """
                {"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"F1"},"state":"TASK_UNREACHABLE",
                "status":{"task_id":{"value":"t0"},"state":"TASK_UNREACHABLE","agent_id":{"value":"S1"},"timestamp":2000,
                "reason":"REASON_AGENT_REMOVED","unreachable_time":{"nanoseconds":2000000000000}}}}
                """);
        MesosTask lost = told.tasks().get(T0);
        assertThat(lost.unreachable()).isTrue();
        assertThat(lost.phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(lost.addresses()).containsExactly(ip("10.0.0.1"));
        assertThat(lost.agent().addresses()).containsExactly(ip("10.0.0.1"));
        assertThat(told.agents()).isEmpty();
        assertThat(told.fold.known().unreachableTasks()).isOne();

        told.send(agentAdded("S1"));
        told.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(told.tasks().get(T0).unreachable()).isFalse();
        assertThat(told.agents()).containsExactly("S1");
        assertThat(told.fold.known().unreachableTasks()).isZero();
    }

    @Test
    void aLostTaskMayReturnUnlessItWasLostForGood() {
        told.send(
                cluster(
                        KAFKA,
                        List.of("S1"),
                        task("t0", KAFKA, "S1", "TASK_RUNNING"),
                        task("t1", KAFKA, "S1", "TASK_RUNNING")));
        String gone = ",\"reason\":\"REASON_AGENT_REMOVED\"";
        String unknown = ",\"reason\":\"REASON_TASK_UNKNOWN\"";
        told.send(taskUpdated(KAFKA, "TASK_LOST", status("t0", "S1", "TASK_LOST", 2, gone)));
        told.send(taskUpdated(KAFKA, "TASK_LOST", status("t1", "S1", "TASK_LOST", 2, unknown)));
        assertThat(told.tasks().get(T0).unreachable()).isTrue();
        assertThat(told.ends()).containsExactly("t1 TASK_LOST");
        told.send(agentRemoved("S1"));
        assertThat(told.ends()).containsExactly("t1 TASK_LOST", "t0 AGENT_REMOVED");
    }

    @Test
    void aTaskWaitsForItsFrameworkAndIsToldAgainWhenItsAgentComes() {
        told.send(subscribed(List.of(), List.of(), List.of(), List.of()));
        told.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        assertThat(told.tasks()).isEmpty();
        assertThat(told.fold.known().waitingTasks()).isOne();
        told.send(frameworkAdded(KAFKA, "kafka"));
        assertThat(told.tasks().get(T0).agent().host()).isEmpty();
        assertThat(told.tasks().get(T0).agent().id()).isEqualTo("S1");
        told.send(agentAdded("S1"));
        assertThat(told.tasks().get(T0).agent().host()).isEqualTo("10.0.0.1");
        assertThat(told.fold.known().waitingTasks()).isZero();
    }

    @Test
    void whenAFrameworkIsRemovedSoIsWhatItRan() {
        told.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        told.send(frameworkRemoved(KAFKA));
        assertThat(told.ends()).containsExactly("t0 FRAMEWORK_REMOVED");
        assertThat(told.signals)
                .contains(new SourceSignal.ClusterObserved(new ClusterClaim.FrameworkGone(KAFKA)));
    }

    @Test
    void whatChangesNothingIsNotTold() {
        told.send(cluster(KAFKA, List.of("S1"), task("t0", KAFKA, "S1", "TASK_RUNNING")));
        told.signals.clear();
        told.send(agentAdded("S1"));
        told.send(frameworkAdded(KAFKA, "kafka"));
        told.send(taskAdded(task("t0", KAFKA, "S1", "TASK_RUNNING")));
        told.send("{\"type\":\"HEARTBEAT\"}");
        told.send("{\"type\":\"NEW\"}");
        assertThat(told.signals).isEmpty();
    }

    @Test
    void tasksOfMarathonsServicesAreToldOneByOneAndNeverListed() {
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
    void aNameIsToldAgainWhenItStandsForSomething() {
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
                .as("what it stood for holds")
                .isNotEmpty();
    }

    @Test
    void pollingKeepsWhatARecentlyElectedMasterDoesNotList() {
        StateDocument all = MessageReader.state(bytes(List.of("S1"), "t0"));
        StateDocument none =
                new StateDocument(
                        List.of(),
                        java.util.Set.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        "master@10.0.0.9:5050",
                        "master@10.0.0.9:5050",
                        Optional.of(told.now),
                        0);
        told.fold.snapshot(all, told.now);
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        for (int i = 0; i < 19; i++) {
            told.pass(Duration.ofSeconds(30));
            told.fold.snapshot(none, told.now);
            assertThat(told.tasks()).hasSize(1);
        }
        told.pass(Duration.ofSeconds(30));
        told.fold.snapshot(none, told.now);
        told.pass(Duration.ofSeconds(30));
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(told.tasks()).isEmpty();
    }

    @Test
    void aRealStreamAfterAFailoverEndsWithTheRunningTask() {
        Fixtures.lines("mesos/operator-api/recovered-agents.json").forEach(told::send);
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.SETTLING);
        told.pass(SignalRecorder.QUIET);
        assertThat(told.fold.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(told.tasks())
                .containsOnlyKeys(
                        "marathon:web web.instance-8b38cc52-c951-11e9-8d5b-70b3d5800001._app.2");
        assertThat(told.tasks().firstEntry().getValue().addresses())
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
