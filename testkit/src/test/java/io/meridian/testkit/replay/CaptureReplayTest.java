package io.meridian.testkit.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.EventStreamClient;
import io.meridian.simulator.marathon.MarathonClient;
import io.meridian.testkit.Fixtures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

class CaptureReplayTest {
    private static final String APPS =
            "/v2/apps?embed=apps.tasks&embed=apps.counts&embed=apps.deployments&embed=apps.lastTaskFailure";

    static List<Path> recordings() {
        return Fixtures.recordings();
    }

    /** A consumer that reconnects after every end of stream, as a real one does. */
    private static final class ReturningConsumer implements AutoCloseable {
        private final List<EventStreamClient> connections = new ArrayList<>();
        private final Thread thread;

        ReturningConsumer(CaptureReplay replay) {
            thread =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        while (!Thread.currentThread().isInterrupted()) {
                                            try {
                                                EventStreamClient client =
                                                        EventStreamClient.attach(replay.url());
                                                if (client.awaitHead().startsWith("HTTP/1.1 200")) {
                                                    synchronized (connections) {
                                                        connections.add(client);
                                                    }
                                                }
                                                client.awaitEndForEver();
                                                Thread.sleep(5);
                                            } catch (IOException | InterruptedException stop) {
                                                return;
                                            }
                                        }
                                    });
        }

        List<EventStreamClient> connections() {
            synchronized (connections) {
                return List.copyOf(connections);
            }
        }

        EventStreamClient connection(int index) throws InterruptedException {
            MarathonClient.await(() -> connections().size() > index);
            return connections().get(index);
        }

        @Override
        public void close() throws IOException {
            thread.interrupt();
            for (EventStreamClient client : connections()) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void everyStreamComesByteForByte(Path folder) throws Exception {
        Recording recording = Recording.read(folder);
        try (CaptureReplay replay = CaptureReplay.open(folder);
                ReturningConsumer consumer = new ReturningConsumer(replay)) {
            assertThat(replay.awaitConsumer(Duration.ofSeconds(30))).isTrue();
            replay.playToEnd();
            for (int i = 0; i < recording.streams().size(); i++) {
                RecordedStream stream = recording.streams().get(i);
                EventStreamClient connection = consumer.connection(i);
                connection.awaitState(
                        () -> connection.bodyLength() >= stream.bytes().length,
                        "all of " + stream.name());
                assertThat(connection.body())
                        .as(stream.name())
                        .isEqualTo(new String(original(folder, stream), StandardCharsets.UTF_8));
                assertThat(connection.head()).doesNotContain("Content-Length", "Transfer-Encoding");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void restAnswersExactlyTheSnapshotWhereThereIsOne(Path folder) throws Exception {
        try (CaptureReplay replay = CaptureReplay.open(folder);
                MarathonClient client = new MarathonClient(replay.url())) {
            for (String label : replay.snapshots()) {
                replay.playTo(label);
                assertAnswer(client, APPS, folder, label + ".apps.json");
                assertAnswer(client, "/v2/tasks", folder, label + ".tasks.json");
                assertAnswer(client, "/v2/pods/::status", folder, label + ".pods-status.json");
                assertAnswer(client, "/v2/deployments", folder, label + ".deployments.json");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void everyTaskStaysListedUntilAnEventOrSnapshotEndsIt(Path folder) throws Exception {
        Recording recording = Recording.read(folder);
        int stride = recording.moments().size() > 5_000 ? 997 : 1;
        Set<String> running = new HashSet<>();
        try (CaptureReplay replay = CaptureReplay.open(folder)) {
            for (int i = 0; i < recording.moments().size(); i++) {
                track(recording.moments().get(i), running);
                if (i % stride == 0) {
                    replay.playTo(i);
                    assertThat(runningIn(replay.listings()))
                            .as("after %s", recording.moments().get(i))
                            .containsAll(running);
                }
            }
        }
    }

    /**
     * Tasks by the events alone, without the replay's fold: a task runs until an event, or a
     * snapshot without it, ends it.
     */
    private static void track(Moment moment, Set<String> running) {
        if (moment instanceof Moment.SnapshotTaken taken) {
            taken.snapshot()
                    .answer("tasks")
                    .ifPresent(
                            tasks -> {
                                Set<String> listed = new HashSet<>(tasks.findValuesAsText("id"));
                                taken.snapshot()
                                        .answer("pods-status")
                                        .ifPresent(
                                                pods ->
                                                        listed.addAll(
                                                                pods.findValuesAsText(
                                                                        "containerId")));
                                running.retainAll(listed);
                            });
        }
        if (!(moment instanceof Moment.Sent sent)) {
            return;
        }
        JsonNode event = sent.piece().event();
        switch (sent.piece().type()) {
            case "status_update_event" -> {
                if (event.path("taskStatus").asText().equals("TASK_RUNNING")) {
                    running.add(event.path("taskId").asText());
                } else {
                    running.remove(event.path("taskId").asText());
                }
            }
            case "deployment_info" ->
                    event.path("currentStep")
                            .path("actions")
                            .forEach(
                                    action -> {
                                        // a pod that is being deleted is not listed any more; an
                                        // app's tasks are
                                        if (action.path("action").asText().equals("StopPod")) {
                                            String prefix =
                                                    action.path("pod")
                                                                    .asText()
                                                                    .substring(1)
                                                                    .replace('/', '_')
                                                            + ".instance-";
                                            running.removeIf(id -> id.startsWith(prefix));
                                        }
                                    });
            case "instance_changed_event" -> {
                if (event.path("condition").asText().matches("Killed|UnreachableInactive")) {
                    running.removeIf(id -> id.startsWith(event.path("instanceId").asText() + "."));
                }
            }
            default -> {}
        }
    }

    private static Set<String> runningIn(CaptureReplay.Listings listings) {
        Set<String> ids = new HashSet<>();
        listings.tasks()
                .path("tasks")
                .forEach(
                        task -> {
                            if (task.path("state").asText().equals("TASK_RUNNING")) {
                                ids.add(task.path("id").asText());
                            }
                        });
        listings.pods()
                .findValues("containers")
                .forEach(
                        containers ->
                                containers.forEach(
                                        container -> {
                                            if (container
                                                    .path("status")
                                                    .asText()
                                                    .equals("TASK_RUNNING")) {
                                                ids.add(container.path("containerId").asText());
                                            }
                                        }));
        return ids;
    }

    @Test
    void betweenSnapshotsAnAppAppearsWithItsDefinitionAndItsTasksAsEventsTell() throws Exception {
        try (CaptureReplay replay =
                        CaptureReplay.open(Fixtures.recording("01-host-app-lifecycle"));
                MarathonClient client = new MarathonClient(replay.url())) {
            replay.playTo("01-empty");
            assertThat(client.json("/v2/apps").path("apps")).isEmpty();
            replay.step();
            JsonNode app = client.json("/v2/apps//web").path("app");
            assertThat(app.path("instances").intValue()).isEqualTo(2);
            assertThat(app.path("portDefinitions").path(0).path("port").intValue())
                    .isEqualTo(10000);
            assertThat(app.path("deployments")).hasSize(1);
            replay.playTo("03-running-2");
            replay.step();
            assertThat(client.json("/v2/apps//web").path("app").path("instances").intValue())
                    .isEqualTo(4);
            assertThat(client.json("/v2/apps//web").path("app").path("tasks")).hasSize(2);
        }
    }

    @Test
    void theFoldReachesTheNextSnapshotsTasksByItself() throws Exception {
        for (String name :
                List.of(
                        "01-host-app-lifecycle",
                        "02-bridge-networking",
                        "07-kill-tasks",
                        "08-pods")) {
            Recording recording = Recording.read(Fixtures.recording(name));
            try (CaptureReplay replay = CaptureReplay.open(Fixtures.recording(name))) {
                for (int i = 1; i < recording.moments().size(); i++) {
                    if (recording.moments().get(i) instanceof Moment.SnapshotTaken taken) {
                        replay.playTo(i - 1);
                        Set<String> folded = runningIn(replay.listings());
                        replay.playTo(i);
                        assertThat(folded)
                                .as("%s before %s", name, taken.label())
                                .isEqualTo(runningIn(replay.listings()));
                    }
                }
            }
        }
    }

    @Test
    void aConsumerThatComesLateGetsAnAttachedEventOfItsOwnAndThenWhatFollows() throws Exception {
        try (CaptureReplay replay =
                CaptureReplay.open(Fixtures.recording("01-host-app-lifecycle"))) {
            replay.playTo("03-running-2");
            try (EventStreamClient late = EventStreamClient.attach(replay.url())) {
                late.awaitType("event_stream_attached");
                replay.step();
                late.awaitType("deployment_info");
                assertThat(late.types())
                        .containsExactly("event_stream_attached", "deployment_info");
            }
        }
    }

    @Test
    void withoutALeaderStreamsAreRefusedAndTheHeaderNamesTheNewLeader() throws Exception {
        try (CaptureReplay replay = CaptureReplay.open(Fixtures.recording("14-failover"));
                MarathonClient client = new MarathonClient(replay.url())) {
            replay.playTo("01-before");
            assertThat(client.get("/v2/apps").headers().firstValue("X-Marathon-Leader"))
                    .contains("http://127.0.0.1:18080");
            int end = indexOf(replay, "end events.sse");
            replay.playTo(end);
            assertThat(client.get("/v2/events", "Accept", "text/event-stream").statusCode())
                    .isEqualTo(502);
            replay.playTo("02-after-abdicate-just-attached");
            assertThat(client.json("/v2/leader").path("leader").asText())
                    .isEqualTo("127.0.0.1:18081");
        }
    }

    @Test
    void theLastSnapshotIsKnownBeforehandAndCleaningUpIsAStepOfItsOwn() throws Exception {
        try (CaptureReplay replay = CaptureReplay.open(Fixtures.recording("02-bridge-networking"));
                MarathonClient client = new MarathonClient(replay.url())) {
            JsonNode expected = replay.expectedAtEnd().apps();
            replay.playToLastSnapshot();
            assertThat(client.json(APPS)).isEqualTo(expected);
            replay.playToEnd();
            assertThat(client.json(APPS).path("apps")).isEmpty();
            assertThat(client.json("/v2/tasks").path("tasks")).isEmpty();
        }
    }

    private static int indexOf(CaptureReplay replay, String label) {
        for (int i = 0; i < replay.timeline().size(); i++) {
            if (replay.timeline().get(i).label().equals(label)) {
                return i;
            }
        }
        throw new AssertionError("no moment is called " + label);
    }

    private static void assertAnswer(MarathonClient client, String path, Path folder, String file)
            throws Exception {
        Path recorded = folder.resolve("snapshots").resolve(file);
        if (Files.exists(recorded)) {
            assertThat(client.get(path).body())
                    .as("%s in %s", path, file)
                    .asString()
                    .isEqualTo(Files.readString(recorded));
        }
    }

    private static byte[] original(Path folder, RecordedStream stream) throws IOException {
        Path plain = folder.resolve(stream.name());
        if (Files.exists(plain)) {
            return Files.readAllBytes(plain);
        }
        try (GZIPInputStream in =
                new GZIPInputStream(Files.newInputStream(folder.resolve(stream.name() + ".gz")))) {
            return in.readAllBytes();
        }
    }
}
