package io.meridian.testkit.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.EventStreamClient;
import io.meridian.simulator.marathon.Json;
import io.meridian.simulator.marathon.MarathonClient;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;
import io.meridian.testkit.Fixtures;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares the simulation with recordings of a real Marathon: event sequences, fields and their
 * order, omissions.
 */
class RecordedShapeTest {
    private SimulatedMarathon marathon;
    private MarathonClient client;

    @BeforeEach
    void start() {
        marathon = SimulatedMarathon.start(SimulatedMarathonSettings.defaults().withSeed(7));
        client = new MarathonClient(marathon.url());
    }

    @AfterEach
    void stop() {
        client.close();
        marathon.close();
    }

    /**
     * Event types in order; those that the recordings show in any order within one request are left
     * out.
     */
    private static List<String> sequence(List<JsonNode> events) {
        List<String> sequence = new ArrayList<>();
        for (JsonNode event : events) {
            String type = event.path("eventType").asText();
            switch (type) {
                case "group_change_success",
                        "api_post_event",
                        "event_stream_attached",
                        "event_stream_detached" -> {}
                case "status_update_event" -> sequence.add(event.path("taskStatus").asText());
                case "instance_changed_event" -> sequence.add(event.path("condition").asText());
                default -> sequence.add(type);
            }
        }
        return sequence;
    }

    private static List<JsonNode> recorded(String name, String untilSnapshot) {
        List<JsonNode> events = new ArrayList<>();
        for (Moment moment : Recording.read(Fixtures.recording(name)).moments()) {
            if (moment.label().equals(untilSnapshot)) {
                return events;
            }
            if (moment instanceof Moment.Sent sent && sent.piece().isEvent()) {
                events.add(sent.piece().event());
            }
        }
        return events;
    }

    private void send(String method, String path, String body, int status) throws Exception {
        var answer = client.send(method, path, body);
        assertThat(answer.statusCode())
                .as(
                        "%s %s: %s",
                        method,
                        path,
                        new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(status);
    }

    @Test
    void theLifeOfAHostAppHasTheRecordedSequence() throws Exception {
        List<JsonNode> recorded = recorded("01-host-app-lifecycle", "08-destroyed");
        try (EventStreamClient stream = EventStreamClient.attach(marathon.url())) {
            stream.awaitType("event_stream_attached");
            send(
                    "POST",
                    "/v2/apps",
                    """
                    {"id": "/web", "cmd": "sleep 100000", "instances": 2, "cpus": 0.1, "mem": 32, "portDefinitions": [
                      {"port": 0, "name": "http", "protocol": "tcp", "labels": {"VIP_0": "/web:80"}},
                      {"port": 0, "name": "p1", "protocol": "tcp"}]}\
                    """,
                    201);
            int done = 1;
            stream.awaitCount("deployment_success", done++);
            for (String change :
                    List.of(
                            "{\"instances\": 4}",
                            "{\"instances\": 1}",
                            "{\"labels\": {\"owner\": \"team-a\", \"VIP\": \"x\"}}",
                            "{\"instances\": 0}")) {
                send("PUT", "/v2/apps//web", change, 200);
                stream.awaitCount("deployment_success", done++);
            }
            send("DELETE", "/v2/apps//web", "", 200);
            stream.awaitCount("deployment_success", done);
            stream.awaitCount("group_change_success", 6);
            assertThat(sequence(stream.events())).isEqualTo(sequence(recorded));
            assertThat(stream.types().stream().filter("api_post_event"::equals)).hasSize(5);
        }
    }

    @Test
    void killingAndReplacingHasTheRecordedSequence() throws Exception {
        List<JsonNode> recorded = recorded("07-kill-tasks", "03-killed-and-scaled-to-3");
        try (EventStreamClient stream = EventStreamClient.attach(marathon.url())) {
            stream.awaitType("event_stream_attached");
            send("POST", "/v2/apps", "{\"id\":\"/k\",\"cmd\":\"sleep 1\",\"instances\":4}", 201);
            stream.awaitType("deployment_success");
            String task = marathon.runningTasks("/k").getFirst().id();
            send("DELETE", "/v2/apps//k/tasks/" + task, "", 200);
            String second = task.replaceAll("1$", "2");
            MarathonClient.await(
                    () ->
                            marathon.runningTasks("/k").stream()
                                    .anyMatch(each -> each.id().equals(second)));
            send("DELETE", "/v2/apps//k/tasks/" + second + "?scale=true", "", 200);
            stream.awaitCount("deployment_success", 2);
            assertThat(sequence(stream.events())).isEqualTo(sequence(recorded));
            assertThat(marathon.runningTasks("/k")).hasSize(3);
        }
    }

    @Test
    void everyEventHasTheFieldsOfItsKindInTheRecordedOrder() throws Exception {
        Map<String, Set<List<String>>> known = new HashMap<>();
        for (Path folder : Fixtures.recordings()) {
            for (Moment moment : Recording.read(folder).moments()) {
                if (moment instanceof Moment.Sent sent && sent.piece().isEvent()) {
                    known.computeIfAbsent(sent.piece().type(), type -> new HashSet<>())
                            .add(fields(sent.piece().event()));
                }
            }
        }
        try (EventStreamClient stream = EventStreamClient.attach(marathon.url())) {
            stream.awaitType("event_stream_attached");
            livelyCluster();
            stream.awaitType("unknown_instance_terminated_event");
            stream.awaitType("scheduler_registered_event");
            Set<String> seen = new HashSet<>();
            for (JsonNode event : stream.events()) {
                String type = event.path("eventType").asText();
                seen.add(type);
                assertThat(known).containsKey(type);
                assertThat(known.get(type)).as(type).contains(fields(event));
            }
            assertThat(seen).hasSizeGreaterThan(14);
        }
    }

    private static List<String> fields(JsonNode event) {
        List<String> names = new ArrayList<>();
        event.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Services of every kind, to compare listings. */
    private void livelyCluster() throws Exception {
        marathon.deploy(
                "{\"id\":\"/h\",\"cmd\":\"x\",\"instances\":2,\"healthChecks\":[{\"protocol\":\"MESOS_TCP\"}]}");
        MarathonClient.await(() -> !marathon.isDeploying());
        marathon.setHealth(marathon.runningTasks("/h").getFirst().id(), false);
        marathon.fail(marathon.runningTasks("/h").getLast().id(), "TASK_FAILED");
        send("POST", "/v2/pods", POD, 201);
        MarathonClient.await(() -> !marathon.isDeploying());
        send("PUT", "/v2/pods//pods/web", POD.replace("\"instances\": 2", "\"instances\": 3"), 200);
        MarathonClient.await(() -> marathon.runningTasks("/pods/web").size() == 6);
        send("DELETE", "/v2/pods//pods/web", "", 202);
        String task = marathon.runningTasks("/h").getFirst().id();
        send("POST", "/v2/tasks/delete?wipe=true", "{\"ids\":[\"" + task + "\"]}", 200);
        marathon.delete("/h");
        marathon.deploy("{\"id\":\"/stuck\",\"cmd\":\"x\",\"instances\":9}");
        marathon.delete("/stuck");
        MarathonClient.await(() -> !marathon.isDeploying());
        marathon.announceLeader();
    }

    static final String POD =
            """
            {"id": "/pods/web", "labels": {"owner": "x"}, "containers": [
              {"name": "web", "exec": {"command": {"shell": "sleep 1000"}}, "resources": {"cpus": 0.1, "mem": 32},
               "endpoints": [{"name": "http", "hostPort": 0, "protocol": ["tcp"],
                              "labels": {"VIP_0": "/pods/web:80"}, "containerPort": 8080}]},
              {"name": "sidecar", "exec": {"command": {"shell": "sleep 1000"}},
               "resources": {"cpus": 0.1, "mem": 32}}],
             "networks": [{"mode": "container", "name": "dcos"}], "scaling": {"kind": "fixed", "instances": 2}}\
            """;

    @Test
    void listingsHaveTheRecordedFieldsInTheRecordedOrder() throws Exception {
        client.send(
                "POST",
                "/v2/apps",
                """
                {"id": "/bridge-docker", "instances": 2, "cpus": 0.1, "mem": 32,
                 "networks": [{"mode": "container/bridge"}],
                 "container": {"type": "DOCKER", "docker": {"image": "nginx:1.25"}, "portMappings": [
                   {"containerPort": 80, "hostPort": 0, "protocol": "tcp", "name": "http",
                    "labels": {"VIP_0": "/bridge-docker:80"}},
                   {"containerPort": 53, "hostPort": 0, "protocol": "udp", "name": "dns"},
                   {"containerPort": 0, "hostPort": 0, "name": "same"}]}}\
                """);
        MarathonClient.await(() -> !marathon.isDeploying());
        JsonNode real = read("02-bridge-networking", "01-running.apps.json").path("apps").path(0);
        JsonNode mine = client.json("/v2/apps?embed=apps.tasks").path("apps").path(0);
        assertThat(skeleton(mine)).isEqualTo(skeleton(real));
        JsonNode realTasks = read("02-bridge-networking", "01-running.tasks.json");
        assertThat(skeleton(client.json("/v2/tasks").path("tasks").path(0)))
                .isEqualTo(skeleton(realTasks.path("tasks").path(0)));
    }

    @Test
    void podsHaveTheRecordedFieldsInTheRecordedOrder() throws Exception {
        client.send("POST", "/v2/pods", POD);
        MarathonClient.await(() -> !marathon.isDeploying());
        assertThat(skeleton(client.json("/v2/pods/::status")))
                .isEqualTo(skeleton(read("08-pods", "01-created.pods-status.json")));
        assertThat(skeleton(client.json("/v2/pods")))
                .isEqualTo(skeleton(read("08-pods", "01-created.pods.json")));
    }

    @Test
    void healthAndFailureShowInListingsAsRecorded() throws Exception {
        client.send(
                "POST",
                "/v2/apps",
                """
                {"id": "/h-http", "cmd": "sleep 100000", "instances": 2, "cpus": 0.1, "mem": 32, "env": {"SIM": ""},
                 "portDefinitions": [{"port": 0, "name": "http", "protocol": "tcp", "labels": {"VIP_0": "/h-http:80"}}],
                 "healthChecks": [{"protocol": "MESOS_HTTP", "gracePeriodSeconds": 3, "intervalSeconds": 2,
                   "timeoutSeconds": 1, "maxConsecutiveFailures": 2, "portIndex": 0, "path": "/health"}]}\
                """);
        MarathonClient.await(() -> !marathon.isDeploying());
        String first = marathon.runningTasks("/h-http").getFirst().id();
        marathon.setHealth(first, false);
        JsonNode real = read("09-health-mesos", "03-one-unhealthy.apps.json").path("apps").path(2);
        JsonNode mine = client.json("/v2/apps?embed=apps.tasks").path("apps").path(0);
        assertThat(real.path("id").asText()).isEqualTo("/h-http");
        assertThat(skeleton(mine)).isEqualTo(skeleton(real));
        assertThat(mine.path("tasksUnhealthy").intValue()).isEqualTo(1);
        marathon.fail(first, "TASK_FAILED");
        JsonNode failure = client.json("/v2/apps//h-http").path("app").path("lastTaskFailure");
        JsonNode realFailure =
                read("09-health-mesos", "06-unhealthy-task-failed-and-replaced.apps.json")
                        .path("apps")
                        .path(2)
                        .path("lastTaskFailure");
        assertThat(skeleton(failure)).isEqualTo(skeleton(realFailure));
    }

    private static JsonNode read(String capture, String file) throws Exception {
        return Json.readTrusted(
                Files.readAllBytes(Fixtures.recording(capture).resolve("snapshots").resolve(file)));
    }

    /**
     * Field names in order, types of values and the spelling of numbers; without values that differ
     * by run.
     */
    private static String skeleton(JsonNode node) {
        if (node.isObject()) {
            StringBuilder text = new StringBuilder("{");
            node.properties()
                    .forEach(
                            field ->
                                    text.append(field.getKey())
                                            .append(':')
                                            .append(skeleton(field.getValue()))
                                            .append(' '));
            return text.append('}').toString();
        }
        if (node.isArray()) {
            StringBuilder text = new StringBuilder("[");
            node.forEach(element -> text.append(skeleton(element)).append(' '));
            return text.append(']').toString();
        }
        return node.isNumber() ? node.numberType().toString() : node.getNodeType().toString();
    }
}
