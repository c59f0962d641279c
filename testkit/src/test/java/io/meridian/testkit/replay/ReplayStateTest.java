package io.meridian.testkit.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Folding where the recordings at hand have no example: events that race with the GETs of a
 * snapshot.
 */
class ReplayStateTest {
    private static final String TASK = "a.instance-00000001-e64c-11f1-8d6a-02fc00000001._app.";

    @TempDir private Path folder;

    private final StringBuilder stream = new StringBuilder();
    private final StringBuilder arrivals = new StringBuilder();

    @BeforeEach
    void anEmptyRecording() throws IOException {
        Files.createDirectory(folder.resolve("snapshots"));
        Files.writeString(
                folder.resolve("events.headers"),
                "HTTP/1.1 200 OK\nX-Marathon-Leader: http://127.0.0.1:18080\n");
    }

    private void event(int millis, String json) {
        String type = json.replaceAll(".*\"eventType\":\"([a-z_]+)\".*", "$1");
        String frame = "event: " + type + "\r\ndata: " + json + "\r\n\r\n";
        arrivals.append(millis + "\t" + stream.length() + "\t" + frame.length() + "\n");
        stream.append(frame);
    }

    private void status(int millis, int incarnation, String state) {
        event(
                millis,
                "{\"slaveId\":\"S0\",\"taskId\":\""
                        + TASK
                        + incarnation
                        + "\",\"taskStatus\":\""
                        + state
                        + "\",\"message\":\"\",\"appId\":\"/a\",\"host\":\"10.0.0.4\",\"ipAddresses\":[],\"ports\":[31000],"
                        + "\"version\":\"2026-11-22T08:00:00.100Z\",\"eventType\":\"status_update_event\","
                        + "\"timestamp\":\"2026-11-22T08:00:00.500Z\"}");
    }

    private void condition(int millis, String condition) {
        event(
                millis,
                "{\"instanceId\":\""
                        + TASK.replace("._app.", "")
                        + "\",\"condition\":\""
                        + condition
                        + "\",\"runSpecId\":\"/a\",\"eventType\":\"instance_changed_event\"}");
    }

    private void snapshot(String label, String... tasks) throws IOException {
        String list = String.join(",", tasks);
        String apps =
                "{\"apps\":[{\"id\":\"/a\",\"version\":\"2026-11-22T08:00:00.100Z\",\"tasks\":["
                        + list
                        + "]}]}";
        Files.writeString(folder.resolve("snapshots/" + label + ".apps.json"), apps);
        Files.writeString(
                folder.resolve("snapshots/" + label + ".tasks.json"), "{\"tasks\":[" + list + "]}");
    }

    private static String running(int incarnation) {
        return "{\"appId\":\"/a\",\"id\":\""
                + TASK
                + incarnation
                + "\",\"state\":\"TASK_RUNNING\",\"ports\":[31000],\"servicePorts\":[]}";
    }

    /**
     * Snapshot 01 was logged at 1 s, by GETs that began at 0 s at the earliest; something happens
     * at 2 s.
     */
    private ReplayState afterAllOfIt() throws IOException {
        event(2_000, "{\"appId\":\"/b\",\"eventType\":\"app_terminated_event\"}");
        Files.writeString(folder.resolve("events.sse"), stream);
        Files.writeString(folder.resolve("events.arrival.tsv"), arrivals);
        Files.writeString(
                folder.resolve("requests.log"),
                """
                2026-11-22T08:00:00.000Z ## connected GET /v2/events -> HTTP/1.1 200 OK
                2026-11-22T08:00:01.000Z ## snapshot 01-a: /v2/apps /v2/tasks
                """);
        Recording recording = Recording.read(folder);
        ReplayState state = new ReplayState(recording);
        recording.moments().forEach(state::pass);
        return state;
    }

    @Test
    void aTaskThatBeganToRunWhileTheSnapshotWasTakenIsNotLost() throws IOException {
        status(900, 1, "TASK_RUNNING");
        snapshot("01-a");
        assertThat(afterAllOfIt().tasks().findValuesAsText("id")).containsExactly(TASK + 1);
    }

    @Test
    void aTaskThatEndedWhileTheSnapshotWasTakenDoesNotComeBack() throws IOException {
        status(100, 1, "TASK_RUNNING");
        status(900, 1, "TASK_KILLED");
        condition(901, "Killed");
        snapshot("01-a", running(1));
        assertThat(afterAllOfIt().tasks().path("tasks")).isEmpty();
    }

    @Test
    void theEndOfAnEarlierRunDoesNotEndTheOneThatTheSnapshotHas() throws IOException {
        status(100, 1, "TASK_RUNNING");
        status(200, 1, "TASK_KILLED");
        condition(201, "Killed");
        status(300, 2, "TASK_STARTING");
        snapshot("01-a", running(2));
        ReplayState state = afterAllOfIt();
        assertThat(state.tasks().findValuesAsText("id")).containsExactly(TASK + 2);
        assertThat(state.tasks().findValuesAsText("state")).containsExactly("TASK_RUNNING");
    }

    @Test
    void anInstanceThatEndsWithoutATaskStatusIsRemoved() throws IOException {
        snapshot("01-a", running(1));
        condition(1_500, "Killed");
        assertThat(afterAllOfIt().tasks().path("tasks")).isEmpty();
    }

    @Test
    void aFolderThatIsNoRecordingIsRefused() {
        assertThatThrownBy(() -> Recording.read(folder))
                .hasMessageContaining("cannot read recording " + folder);
    }
}
