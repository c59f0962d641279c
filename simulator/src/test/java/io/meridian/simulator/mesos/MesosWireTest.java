package io.meridian.simulator.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.fault.Ending;
import io.meridian.simulator.mesos.SimulatedMesosSettings.Api;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** HTTP answers of a simulated master, as those of Mesos. */
final class MesosWireTest {
    private static final MesosAgent AGENT = MesosAgent.of(0, "10.0.0.4");
    private static final MesosFramework KAFKA = MesosFramework.of(1, "kafka", "10.0.0.9");

    private SimulatedMesos mesos = SimulatedMesos.start(SimulatedMesosSettings.defaults());

    @AfterEach
    void stop() {
        mesos.close();
    }

    private void restart(SimulatedMesosSettings settings) {
        mesos.close();
        mesos = SimulatedMesos.start(settings);
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, application/json, 200",
        "application/json, */*, 200",
        "application/json, , 200",
        "application/json; charset=utf-8, application/json, 415",
        "text/plain, application/json, 415",
        ", application/json, 400",
        "application/json, text/event-stream, 406",
    })
    void aCallIsTakenByItsContentTypes(String content, String accept, int status) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(mesos.url().resolve("/api/v1"))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"type\":\"GET_HEALTH\"}"));
        if (content != null) {
            request.header("Content-Type", content);
        }
        if (accept != null) {
            request.header("Accept", accept);
        }
        assertThat(RecordClient.send(request).statusCode()).isEqualTo(status);
    }

    @Test
    void aCallIsAPostOfOneJsonObjectWithAType() throws Exception {
        URI api = mesos.url().resolve("/api/v1");
        assertThat(RecordClient.send(HttpRequest.newBuilder(api)).statusCode()).isEqualTo(405);
        for (String body : new String[] {"", "{}", "{\"type\":\"NONSENSE\"}", "{\"type\""}) {
            assertThat(RecordClient.send(RecordClient.post(mesos.url(), body)).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/state", "/master/state"})
    void stateIsServedWithoutTheJsonSuffixOnly(String path) throws Exception {
        assertThat(RecordClient.get(mesos.url(), path).path("leader").asText())
                .isEqualTo("master@" + mesos.leader());
        assertThat(status(path + ".json")).isEqualTo(404);
    }

    @Test
    void aStateSummaryHasThePidsOfSchedulers() throws Exception {
        mesos.add(KAFKA.at("10.0.0.9", 1099));
        JsonNode framework =
                RecordClient.get(mesos.url(), "/master/state-summary").at("/frameworks/0");
        assertThat(framework.path("pid").asText()).endsWith("@10.0.0.9:1099");
        assertThat(framework.has("tasks")).isFalse();
    }

    @Test
    void aStandbyRedirectsToTheLeaderWithoutAScheme() throws Exception {
        restart(SimulatedMesosSettings.defaults().withMasters("127.0.0.1", "127.0.0.2"));
        URI other = mesos.urls().getLast();
        HttpResponse<String> answer =
                RecordClient.send(RecordClient.post(other, "{\"type\":\"SUBSCRIBE\"}"));
        assertThat(answer.statusCode()).isEqualTo(307);
        assertThat(answer.headers().firstValue("Location"))
                .contains("//" + mesos.leader() + "/api/v1");
        for (URI member : mesos.urls()) {
            HttpResponse<String> redirect =
                    RecordClient.send(HttpRequest.newBuilder(member.resolve("/redirect")));
            assertThat(redirect.statusCode()).isEqualTo(307);
            assertThat(redirect.headers().firstValue("Location")).contains("//" + mesos.leader());
        }
        mesos.failover();
        assertThat(mesos.leader()).isEqualTo(other.getAuthority());
        assertThat(
                        RecordClient.call(other, "GET_MASTER")
                                .at("/get_master/master_info/pid")
                                .asText())
                .isEqualTo("master@" + other.getAuthority());
    }

    @Test
    void withoutALeaderOrDuringRecoveryItIs503() throws Exception {
        mesos.noLeader();
        HttpResponse<String> none =
                RecordClient.send(RecordClient.post(mesos.url(), "{\"type\":\"SUBSCRIBE\"}"));
        assertThat(none.statusCode() + " " + none.body()).isEqualTo("503 No leader elected");
        mesos.failover();
        mesos.recovering(true);
        assertThat(
                        RecordClient.send(
                                        RecordClient.post(mesos.url(), "{\"type\":\"SUBSCRIBE\"}"))
                                .body())
                .isEqualTo("Master has not finished recovery");
        mesos.recovering(false);
        assertThat(status("/state")).isEqualTo(200);
    }

    @Test
    void aRequestWithoutCredentialsIsRefused() throws Exception {
        restart(SimulatedMesosSettings.defaults().withAuthorization("token=good"));
        HttpRequest.Builder request = RecordClient.post(mesos.url(), "{\"type\":\"GET_HEALTH\"}");
        assertThat(RecordClient.send(request).statusCode()).isEqualTo(401);
        request.header("Authorization", "token=good");
        assertThat(RecordClient.send(request).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"STREAM, 200, 200", "NO_SUBSCRIBE, 501, 200", "STATE_ONLY, 404, 404"})
    void anOldMasterRefusesUnsupportedCalls(Api api, int subscribe, int state) throws Exception {
        restart(SimulatedMesosSettings.defaults().withApi(api));
        if (subscribe != 200) {
            assertThat(
                            RecordClient.send(
                                            RecordClient.post(
                                                    mesos.url(), "{\"type\":\"SUBSCRIBE\"}"))
                                    .statusCode())
                    .isEqualTo(subscribe);
        }
        assertThat(
                        RecordClient.send(
                                        RecordClient.post(mesos.url(), "{\"type\":\"GET_STATE\"}"))
                                .statusCode())
                .isEqualTo(state);
        assertThat(status("/master/state")).isEqualTo(200);
    }

    /** Bytes as they are on the wire, which a client library would hide. */
    @Test
    void aStreamIsChunkedAndChunksDoNotRespectRecords() throws Exception {
        restart(SimulatedMesosSettings.defaults().withChunk(7));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", mesos.url().getPort()));
            socket.getOutputStream()
                    .write(
                            """
                            POST /api/v1 HTTP/1.1\r
                            Host: x\r
                            Content-Type: application/json\r
                            Accept-Encoding: gzip\r
                            Content-Length: 20\r
                            \r
                            {"type":"SUBSCRIBE"}\
                            """
                                    .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            StringBuilder seen = new StringBuilder();
            socket.setSoTimeout(10_000);
            for (int i = 0; i < 180; i++) {
                seen.append((char) in.read());
            }
            assertThat(seen.toString())
                    .startsWith(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                                    + "Content-Type: application/json\r\n\r\n7\r\n")
                    .doesNotContain("gzip");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 13})
    void aStreamBeginsWithTheStateAndAHeartbeat(int chunk) throws Exception {
        restart(
                SimulatedMesosSettings.defaults()
                        .withChunk(chunk)
                        .withHeartbeat(Duration.ofMillis(200)));
        mesos.register(AGENT);
        mesos.add(KAFKA);
        mesos.runs(KAFKA, AGENT, TaskDraft.of("broker.1", "brøker"));
        try (RecordClient client = RecordClient.subscribe(mesos.url())) {
            JsonNode subscribed = client.next().path("subscribed");
            assertThat(subscribed.path("heartbeat_interval_seconds").asDouble()).isEqualTo(0.2);
            assertThat(subscribed.at("/get_state/get_tasks/tasks/0/name").asText())
                    .isEqualTo("brøker");
            assertThat(client.next().toString()).isEqualTo("{\"type\":\"HEARTBEAT\"}");
            assertThat(client.next().toString()).isEqualTo("{\"type\":\"HEARTBEAT\"}");
            mesos.update("broker.1", "TASK_FINISHED");
            assertThat(client.next(1).getFirst().at("/task_updated/state").asText())
                    .isEqualTo("TASK_FINISHED");
        }
    }

    @Test
    void aTaskHasEventsFromItsLaunchToItsEnd() throws Exception {
        mesos.register(AGENT);
        mesos.add(KAFKA);
        try (RecordClient client = RecordClient.subscribe(mesos.url())) {
            client.next(1);
            mesos.launch(
                    KAFKA,
                    AGENT,
                    TaskDraft.of("broker.1", "broker")
                            .docker("USER")
                            .network("dcos")
                            .address("dcos", "9.0.0.2", "fd01:b::2"));
            mesos.runAhead("broker.1");
            mesos.judge("broker.1", false);
            mesos.update("broker.1", "TASK_RUNNING");
            mesos.remove(KAFKA);

            JsonNode added = client.next(1).getFirst().at("/task_added/task");
            assertThat(added.path("state").asText()).isEqualTo("TASK_STAGING");
            assertThat(added.has("statuses")).isFalse();
            JsonNode ahead = client.next(1).getFirst().path("task_updated");
            assertThat(ahead.path("state").asText()).isEqualTo("TASK_RUNNING");
            assertThat(ahead.at("/status/state").asText()).isEqualTo("TASK_STARTING");
            assertThat(ahead.toString()).contains("10.0.0.4").doesNotContain("9.0.0.2");
            JsonNode running = client.next(1).getFirst().at("/task_updated/status");
            assertThat(running.toString()).contains("9.0.0.2", "fd01:b::2", "IPv6");
            JsonNode judged = client.next(1).getFirst().at("/task_updated/status");
            assertThat(judged.path("healthy").asBoolean(true)).isFalse();
            assertThat(judged.path("timestamp").asDouble())
                    .isGreaterThan(running.path("timestamp").asDouble());
            assertThat(client.types(2)).containsExactly("TASK_UPDATED", "FRAMEWORK_REMOVED");
        }
        assertThat(mesos.taskStates()).isEmpty();
        JsonNode tasks = RecordClient.call(mesos.url(), "GET_TASKS").path("get_tasks");
        assertThat(tasks.has("tasks")).isFalse();
        assertThat(tasks.path("completed_tasks")).hasSize(1);
    }

    @Test
    void aNewLeaderAddsTasksWhenTheirAgentsReregister() throws Exception {
        MesosAgent second = MesosAgent.of(1, "10.0.0.5");
        MesosAgent third = MesosAgent.of(2, "10.0.0.6");
        mesos.register(AGENT);
        mesos.register(second);
        mesos.register(third);
        mesos.add(KAFKA);
        mesos.runs(KAFKA, AGENT, TaskDraft.of("a", "a"));
        mesos.runs(KAFKA, AGENT, TaskDraft.of("b", "b"));
        mesos.runs(KAFKA, second, TaskDraft.of("c", "c"));
        mesos.failover();
        try (RecordClient client = RecordClient.subscribe(mesos.url())) {
            JsonNode state = client.next(1).getFirst().at("/subscribed/get_state");
            assertThat(state.at("/get_agents/recovered_agents")).hasSize(3);
            assertThat(state.path("get_tasks")).isEmpty();
            assertThat(state.path("get_frameworks")).isEmpty();
            mesos.update("b", "TASK_FAILED"); // no event: its agent has not reregistered
            mesos.reregister(AGENT);
            assertThat(client.types(4))
                    .containsExactly("AGENT_ADDED", "FRAMEWORK_ADDED", "TASK_ADDED", "TASK_ADDED");
            mesos.reconnect(KAFKA);
            mesos.reregister(second);
            assertThat(client.types(3))
                    .containsExactly("FRAMEWORK_UPDATED", "AGENT_ADDED", "TASK_ADDED");
            assertThat(mesos.recoveredAgents()).containsExactly(third.id());
            mesos.giveUpRecovered();
            mesos.unreachable(second);
            JsonNode last = client.next(1).getFirst();
            assertThat(last.at("/task_updated/state").asText()).isEqualTo("TASK_UNREACHABLE");
        }
        JsonNode state = RecordClient.call(mesos.url(), "GET_STATE").path("get_state");
        assertThat(state.at("/get_agents/agents")).hasSize(1);
        assertThat(state.at("/get_agents/recovered_agents")).isEmpty();
        assertThat(state.at("/get_tasks/unreachable_tasks")).hasSize(1);
        assertThat(mesos.taskStates()).containsOnlyKeys("a", "c");
    }

    @Test
    void anAgentThatLeavesTakesItsTasksAlong() throws Exception {
        mesos.register(AGENT);
        mesos.add(KAFKA);
        mesos.runs(KAFKA, AGENT, TaskDraft.of("a", "a"));
        try (RecordClient client = RecordClient.subscribe(mesos.url())) {
            client.next(1);
            mesos.remove(AGENT);
            assertThat(client.types(2)).containsExactly("TASK_UPDATED", "AGENT_REMOVED");
        }
    }

    @Test
    void faultsOfTheStreamDropOrDamageTheNextEvent() throws Exception {
        mesos.register(AGENT);
        try (RecordClient client = RecordClient.subscribe(mesos.url())) {
            client.next(1);
            mesos.faults().dropEvents(1);
            mesos.add(KAFKA);
            mesos.faults().badLength();
            mesos.reconnect(KAFKA);
            assertThatThrownBy(() -> client.next(1)).hasMessage("not a length: 12ab");
        }
        try (RecordClient client = RecordClient.subscribe(mesos.url())) {
            client.next(1);
            mesos.faults().halfRecord();
            mesos.reconnect(KAFKA);
            assertThatThrownBy(() -> client.next(1)).isInstanceOf(IOException.class);
        }
    }

    /** Ends many streams at once, so that some end before their writers wake up and some after. */
    @Test
    void aResetEndsTheStreamWithRstUnderLoad() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<RecordClient> clients = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                clients.add(RecordClient.subscribe(mesos.url()));
                clients.getLast().next(1);
            }
            mesos.faults().cutStreams(Ending.RESET);
            for (RecordClient client : clients) {
                assertThatThrownBy(() -> client.next(1)).hasStackTraceContaining("reset");
                client.close();
            }
        }
    }

    @Test
    void faultsOfAnswersApplyAsOftenAsRequested() throws Exception {
        mesos.register(AGENT);
        mesos.faults().status(1, 503);
        assertThat(status("/state")).isEqualTo(503);
        mesos.faults().wrongLeader(1, "127.0.0.1:1");
        assertThat(status("/state")).isEqualTo(307);
        mesos.faults().emptyState(2);
        assertThat(RecordClient.get(mesos.url(), "/state").path("slaves")).isEmpty();
        assertThat(RecordClient.call(mesos.url(), "GET_AGENTS").path("get_agents")).isEmpty();
        mesos.faults().slow(1, Duration.ofMillis(300));
        long began = System.nanoTime();
        assertThat(RecordClient.get(mesos.url(), "/state").path("slaves")).hasSize(1);
        assertThat(System.nanoTime() - began).isGreaterThan(290_000_000L);
        mesos.faults().status(MesosFaults.ALWAYS, 500);
        mesos.faults().clear();
        assertThat(status("/state")).isEqualTo(200);
    }

    @Test
    void tasksAnswerHttpWhileTheyRun() throws Exception {
        restart(SimulatedMesosSettings.defaults().withTasksAnswerHttp(true));
        MesosAgent local = MesosAgent.of(0, "127.0.0.1");
        mesos.register(local);
        mesos.add(KAFKA);
        int port;
        try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
            port = free.getLocalPort();
        }
        mesos.runs(
                KAFKA,
                local,
                TaskDraft.of("broker.1", "broker")
                        .hostPorts(port)
                        .discovery("broker")
                        .port(port, "broker", "tcp", Map.of("VIP_0", "broker:9092")));
        URI task = URI.create("http://127.0.0.1:" + port + "/");
        assertThat(RecordClient.send(HttpRequest.newBuilder(task)).body()).isEqualTo("broker.1\n");
        mesos.update("broker.1", "TASK_KILLED");
        assertThatThrownBy(() -> RecordClient.send(HttpRequest.newBuilder(task)))
                .isInstanceOf(IOException.class);
    }

    private int status(String path) throws Exception {
        return RecordClient.send(HttpRequest.newBuilder(mesos.url().resolve(path))).statusCode();
    }
}
