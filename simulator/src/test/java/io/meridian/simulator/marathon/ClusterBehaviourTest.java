package io.meridian.simulator.marathon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Behaviour of apps, tasks, agents and leaders, seen through HTTP and the event stream. */
class ClusterBehaviourTest {
    private SimulatedMarathon marathon;
    private MarathonClient client;

    @BeforeEach
    void start() {
        marathon =
                SimulatedMarathon.start(
                        SimulatedMarathonSettings.defaults().withSeed(3).withMembers(2));
        client = new MarathonClient(marathon.url());
    }

    @AfterEach
    void stop() {
        client.close();
        marathon.close();
    }

    private void deploy(String json) throws InterruptedException {
        marathon.deploy(json);
        MarathonClient.await(() -> !marathon.isDeploying());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\":                                       |400|Invalid JSON",
                "[]                                             |422|Invalid JSON",
                "{\"cmd\":\"x\"}                               "
                        + " |422|\"path\":\"/id\",\"errors\":[\"error.path.missing\"]",
                "{\"id\":\"/Not_Valid\",\"cmd\":\"x\"}          |422|must fully match regular"
                        + " expression",
                "{\"id\":\"/a//b\",\"cmd\":\"x\"}               |422|must fully match regular"
                        + " expression",
                "{\"id\":\"/x\",\"cmd\":\"x\",\"instances\":\"1\"}|422|error.expected.jsnumber",
                "{\"id\":\"/x\",\"cmd\":\"x\",\"instances\":-1} |422|\"path\":\"/instances\"",
                "{\"id\":\"/x\"}                                |422|must either contain one of"
                        + " 'cmd' or 'args'",
            })
    void whatIsWrongIsRefusedWithAReason(String body, int status, String part) throws Exception {
        HttpResponse<byte[]> refused = client.send("POST", "/v2/apps", body);
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(text(refused)).contains("\"message\":").contains(part);
        assertThat(marathon.services()).isEmpty();
    }

    @Test
    void anUnknownAppIs404AndATakenIdIs409() throws Exception {
        assertThat(text(client.get("/v2/apps//x")))
                .isEqualTo("{\"message\":\"App '/x' does not exist\"}");
        assertThat(client.get("/v2/apps//x").statusCode()).isEqualTo(404);
        deploy("{\"id\":\"/x\",\"cmd\":\"x\"}");
        assertThat(client.send("POST", "/v2/apps", "{\"id\":\"/x\",\"cmd\":\"x\"}").statusCode())
                .isEqualTo(409);
        assertThat(client.send("DELETE", "/v2/apps//y", "").statusCode()).isEqualTo(404);
    }

    @Test
    void anAppThatIsBeingDeployedIsLockedUnlessForced() throws Exception {
        marathon.deploy("{\"id\":\"/x\",\"cmd\":\"x\"}");
        HttpResponse<byte[]> locked = client.send("PUT", "/v2/apps//x", "{\"instances\":2}");
        assertThat(locked.statusCode()).isEqualTo(409);
        assertThat(text(locked)).contains("App is locked by one or more deployments");
        assertThat(client.send("PUT", "/v2/apps//x?force=true", "{\"instances\":2}").statusCode())
                .isEqualTo(200);
        MarathonClient.await(() -> marathon.runningTasks("/x").size() == 2);
    }

    @Test
    void idsWorkWithOneSlashAndWithTwo() throws Exception {
        deploy("{\"id\":\"shop/web\",\"cmd\":\"x\"}");
        assertThat(client.json("/v2/apps/shop/web")).isEqualTo(client.json("/v2/apps//shop/web"));
        assertThat(client.json("/v2/apps/shop/web/tasks").path("tasks")).hasSize(1);
        String version =
                client.json("/v2/apps//shop/web/versions").path("versions").path(0).asText();
        assertThat(client.json("/v2/apps//shop/web/versions/" + version).path("id").asText())
                .isEqualTo("/shop/web");
        JsonNode root = client.json("/v2/groups");
        assertThat(root.path("groups").path(0).path("id").asText()).isEqualTo("/shop");
        assertThat(root.path("groups").path(0).path("apps").path(0).path("id").asText())
                .isEqualTo("/shop/web");
    }

    @Test
    void theListingCanBeFiltered() throws Exception {
        deploy("{\"id\":\"/a\",\"cmd\":\"x\",\"labels\":{\"tier\":\"db\",\"owner\":\"me\"}}");
        deploy("{\"id\":\"/b\",\"cmd\":\"y\",\"labels\":{\"tier\":\"web\"}}");
        assertThat(ids("/v2/apps?label=tier")).containsExactly("/a", "/b");
        assertThat(ids("/v2/apps?label=tier%3D%3Ddb")).containsExactly("/a");
        assertThat(ids("/v2/apps?label=tier!%3Ddb")).containsExactly("/b");
        assertThat(ids("/v2/apps?label=tier%20in%20(db,web),owner")).containsExactly("/a");
        assertThat(ids("/v2/apps?id=b")).containsExactly("/b");
        assertThat(client.json("/v2/apps").path("apps").path(0).has("tasks")).isFalse();
    }

    private List<String> ids(String path) throws Exception {
        return client.json(path).path("apps").findValuesAsText("id").stream()
                .filter(id -> id.startsWith("/"))
                .toList();
    }

    @Test
    void legacyNetworkingIsAnsweredInModernWords() throws Exception {
        deploy(
                """
                {"id":"/legacy","instances":1,"cmd":"x","container":{"type":"DOCKER","docker":{"image":"busybox",
                 "network":"BRIDGE","portMappings":[{"containerPort":8080,"hostPort":31999,"servicePort":9000}]}}}\
                """);
        deploy("{\"id\":\"/ports\",\"cmd\":\"x\",\"ports\":[10002,0]}");
        deploy(
                """
                {"id":"/ip","cmd":"x","container":{"type":"MESOS"},"ipAddress":{"networkName":"dcos","discovery":
                 {"ports":[{"number":80,"name":"http","protocol":"tcp","labels":{"VIP_0":"/d:80"}}]}}}\
                """);
        JsonNode bridge = client.json("/v2/apps//legacy").path("app");
        assertThat(bridge.path("networks")).hasToString("[{\"mode\":\"container/bridge\"}]");
        assertThat(bridge.path("container").path("portMappings"))
                .hasToString(
                        "[{\"containerPort\":8080,\"hostPort\":31999,\"labels\":{},\"protocol\":\"tcp\","
                            + "\"servicePort\":9000}]");
        assertThat(marathon.runningTasks("/legacy").getFirst().ports()).containsExactly(31999);
        assertThat(marathon.runningTasks("/legacy").getFirst().addresses().getFirst())
                .startsWith("172.17.");
        assertThat(client.json("/v2/apps//ports").path("app").path("portDefinitions"))
                .hasToString(
                        "[{\"port\":10002,\"protocol\":\"tcp\"},{\"port\":10000,\"protocol\":\"tcp\"}]");
        JsonNode overlay = client.json("/v2/apps//ip").path("app");
        assertThat(overlay.path("networks"))
                .hasToString("[{\"name\":\"dcos\",\"mode\":\"container\"}]");
        assertThat(
                        overlay.path("container")
                                .path("portMappings")
                                .path(0)
                                .path("containerPort")
                                .intValue())
                .isEqualTo(80);
        SimulatedMarathon.RunningTask task = marathon.runningTasks("/ip").getFirst();
        assertThat(task.ports()).isEmpty();
        assertThat(task.addresses().getFirst()).startsWith("9.195.");
    }

    @Test
    void aKilledTaskComesBackUnderItsInstanceWithTheNextIncarnation() throws Exception {
        deploy("{\"id\":\"/x\",\"cmd\":\"x\"}");
        String first = marathon.runningTasks("/x").getFirst().id();
        assertThat(first).matches("x\\.instance-[0-9a-f-]{36}\\._app\\.1");
        marathon.kill(first);
        MarathonClient.await(
                () ->
                        marathon.runningTasks("/x").stream()
                                .anyMatch(task -> task.id().equals(first.replaceAll("1$", "2"))));
        assertThat(client.json("/v2/tasks").path("tasks")).hasSize(1);
    }

    @Test
    void betweenFailureAndRelaunchTheDeadTaskIsListedWithoutPorts() throws Exception {
        try (SimulatedMarathon slow =
                        SimulatedMarathon.start(
                                SimulatedMarathonSettings.defaults()
                                        .withPace(
                                                new Pace(
                                                        Pace.INSTANT.offer(),
                                                        Pace.INSTANT.start(),
                                                        Pace.INSTANT.run(),
                                                        Pace.INSTANT.health(),
                                                        Pace.INSTANT.kill(),
                                                        java.time.Duration.ofHours(1),
                                                        Pace.INSTANT.election())));
                MarathonClient other = new MarathonClient(slow.url())) {
            slow.deploy("{\"id\":\"/x\",\"cmd\":\"x\"}");
            MarathonClient.await(() -> slow.runningTasks("/x").size() == 1);
            slow.fail(slow.runningTasks("/x").getFirst().id(), "TASK_FAILED");
            JsonNode task = other.json("/v2/tasks").path("tasks").path(0);
            assertThat(task.path("state").asText()).isEqualTo("TASK_FAILED");
            assertThat(task.path("ports")).isEmpty();
            assertThat(task.has("startedAt")).isFalse();
        }
    }

    @Test
    void aRollingRestartKeepsTheMinimumUpAndStaysWithinCapacity() throws Exception {
        deploy(
                "{\"id\":\"/roll\",\"cmd\":\"x\",\"instances\":4,"
                    + "\"upgradeStrategy\":{\"minimumHealthCapacity\":0.5,\"maximumOverCapacity\":0.25}}");
        Set<String> before = taskIds("/roll");
        try (EventStreamClient stream = EventStreamClient.attach(marathon.url())) {
            stream.awaitType("event_stream_attached");
            client.send("PUT", "/v2/apps//roll", "{\"env\":{\"V\":\"2\"}}");
            stream.awaitType("deployment_success");
            Map<String, Boolean> up = new HashMap<>();
            before.forEach(id -> up.put(id, true));
            for (JsonNode event : stream.events()) {
                if (event.path("eventType").asText().equals("status_update_event")) {
                    String state = event.path("taskStatus").asText();
                    if (state.equals("TASK_KILLED")) {
                        up.remove(event.path("taskId").asText());
                    } else {
                        up.put(event.path("taskId").asText(), state.equals("TASK_RUNNING"));
                    }
                    assertThat(up.values().stream().filter(running -> running))
                            .hasSizeBetween(2, 5);
                    assertThat(up).hasSizeLessThanOrEqualTo(5);
                }
            }
            assertThat(taskIds("/roll")).hasSize(4).doesNotContainAnyElementsOf(before);
        }
    }

    private Set<String> taskIds(String app) {
        Set<String> ids = new TreeSet<>();
        marathon.runningTasks(app).forEach(task -> ids.add(task.id()));
        return ids;
    }

    @Test
    void goingBackToAnOldVersionRestoresItsDefinition() throws Exception {
        deploy("{\"id\":\"/x\",\"cmd\":\"old\"}");
        String version = client.json("/v2/apps//x").path("app").path("version").asText();
        client.send("PUT", "/v2/apps//x", "{\"cmd\":\"new\"}");
        MarathonClient.await(() -> !marathon.isDeploying());
        client.send("PUT", "/v2/apps//x", "{\"version\":\"" + version + "\"}");
        MarathonClient.await(() -> !marathon.isDeploying());
        assertThat(client.json("/v2/apps//x").path("app").path("cmd").asText()).isEqualTo("old");
        assertThat(client.json("/v2/apps//x/versions").path("versions")).hasSize(3);
    }

    @Test
    void anUnreachableAgentsTasksAreReplacedAtOnceAndEndUnknownWhenItReturns() throws Exception {
        deploy("{\"id\":\"/x\",\"cmd\":\"x\"}");
        SimulatedMarathon.RunningTask lost = marathon.runningTasks("/x").getFirst();
        try (EventStreamClient stream = EventStreamClient.attach(marathon.url())) {
            stream.awaitType("event_stream_attached");
            marathon.unreachable(lost.host());
            assertThat(client.json("/v2/tasks").path("tasks").findValuesAsText("id"))
                    .doesNotContain(lost.id());
            MarathonClient.await(() -> marathon.runningTasks("/x").size() == 1);
            assertThat(marathon.runningTasks("/x").getFirst().host()).isNotEqualTo(lost.host());
            JsonNode gone =
                    stream.awaitType("status_update_event").stream()
                            .filter(
                                    event ->
                                            event.path("eventType")
                                                    .asText()
                                                    .equals("status_update_event"))
                            .findFirst()
                            .orElseThrow();
            assertThat(gone.path("taskStatus").asText()).isEqualTo("TASK_UNREACHABLE");
            assertThat(gone.path("ipAddresses")).isEmpty();
            assertThat(gone.path("ports")).hasSize(1);
            marathon.reachable(lost.agentId());
            stream.awaitType("unknown_instance_terminated_event");
        }
    }

    @Test
    void anUnreachableTaskStaysListedIfItsStrategySaysSoAndRunsOn() throws Exception {
        deploy("{\"id\":\"/p\",\"cmd\":\"x\",\"unreachableStrategy\":\"disabled\"}");
        SimulatedMarathon.RunningTask task = marathon.runningTasks("/p").getFirst();
        marathon.unreachable(task.host());
        JsonNode listed = client.json("/v2/tasks").path("tasks").path(0);
        assertThat(listed.path("state").asText()).isEqualTo("TASK_UNREACHABLE");
        assertThat(listed.path("ipAddresses")).isEmpty();
        assertThat(listed.path("ports")).hasSize(1);
        marathon.reachable(task.host());
        assertThat(marathon.runningTasks("/p")).containsExactly(task);
    }

    @Test
    void aKillDuringAPartitionCompletesWhenTheAgentReturns() throws Exception {
        deploy("{\"id\":\"/p\",\"cmd\":\"x\",\"unreachableStrategy\":\"disabled\"}");
        String host = marathon.runningTasks("/p").getFirst().host();
        marathon.delete("/p");
        marathon.unreachable(host);
        assertThat(client.get("/v2/apps//p").statusCode()).isEqualTo(404);
        marathon.reachable(host);
        MarathonClient.await(() -> !marathon.isDeploying());
        assertThat(client.json("/v2/tasks").path("tasks")).isEmpty();
    }

    @Test
    void aStandbyRedirectsTheStreamAndAnswersTheRestForTheLeader() throws Exception {
        URI standby = marathon.urls().get(1);
        try (MarathonClient other = new MarathonClient(standby)) {
            HttpResponse<byte[]> redirect =
                    other.get("/v2/events?event_type=x", "Accept", "text/event-stream");
            assertThat(redirect.statusCode()).isEqualTo(302);
            assertThat(redirect.headers().firstValue("Location"))
                    .contains(marathon.url() + "/v2/events?event_type=x");
            HttpResponse<byte[]> apps = other.get("/v2/apps");
            assertThat(text(apps)).isEqualTo("{\"apps\":[]}");
            assertThat(apps.headers().firstValue("X-Marathon-Leader"))
                    .contains(marathon.url().toString());
            assertThat(apps.headers().firstValue("X-Marathon-Via")).isPresent();
        }
    }

    @Test
    void abdicationEndsStreamsAndTheNextLeaderPublishesHealthOnceRegistered() throws Exception {
        deploy(
                "{\"id\":\"/h\",\"cmd\":\"x\",\"healthChecks\":[{\"protocol\":\"COMMAND\",\"command\":{\"value\":\"true\"}}]}");
        try (EventStreamClient stream = EventStreamClient.attach(marathon.url())) {
            stream.awaitType("event_stream_attached");
            marathon.abdicate();
            assertThat(stream.awaitEnd()).isEqualTo("FIN");
        }
        assertThat(client.get("/v2/apps").statusCode()).isEqualTo(502);
        marathon.newLeader();
        URI leader = marathon.urls().get(1);
        try (EventStreamClient stream = EventStreamClient.attach(leader)) {
            stream.awaitType("scheduler_registered_event");
            stream.awaitType("instance_health_changed_event");
            assertThat(stream.types().getFirst()).isEqualTo("event_stream_attached");
        }
        assertThat(client.get("/v2/apps").headers().firstValue("X-Marathon-Leader"))
                .contains(leader.toString());
        assertThat(client.json("/v2/info").path("leader").asText())
                .isEqualTo(leader.getAuthority());
    }

    @Test
    void deletingTheLeaderElectsTheNextOneByItself() throws Exception {
        HttpResponse<byte[]> answer = client.send("DELETE", "/v2/leader", "");
        assertThat(text(answer)).isEqualTo("{\"message\":\"Leadership abdicated\",\"details\":[]}");
        MarathonClient.await(
                () -> {
                    try {
                        return client.get("/v2/leader").statusCode() == 200;
                    } catch (java.io.IOException | InterruptedException fault) {
                        throw new AssertionError(fault);
                    }
                });
        assertThat(client.json("/v2/leader").path("leader").asText())
                .isEqualTo(marathon.urls().get(1).getAuthority());
    }

    @Test
    void marathonsOwnHealthVerdictsAreLostWithTheLeader() throws Exception {
        deploy(
                "{\"id\":\"/h\",\"cmd\":\"x\",\"healthChecks\":[{\"protocol\":\"HTTP\",\"path\":\"/\"}]}");
        assertThat(client.json("/v2/apps//h").path("app").path("tasksHealthy").intValue())
                .isEqualTo(1);
        marathon.newLeader();
        assertThat(client.json("/v2/tasks").path("tasks").path(0).path("healthCheckResults"))
                .isEmpty();
    }

    @Test
    void twoRunsWithOneSeedGiveTheSameIdsAndPorts() throws Exception {
        deploy("{\"id\":\"/x\",\"cmd\":\"x\",\"instances\":3}");
        try (SimulatedMarathon again =
                SimulatedMarathon.start(SimulatedMarathonSettings.defaults().withSeed(3))) {
            again.deploy("{\"id\":\"/x\",\"cmd\":\"x\",\"instances\":3}");
            MarathonClient.await(() -> !again.isDeploying());
            assertThat(again.runningTasks("/x")).isEqualTo(marathon.runningTasks("/x"));
        }
    }

    @Test
    void anAppThatNoAgentHasRoomForWaitsInTheQueueUntilOneHas() throws Exception {
        try (SimulatedMarathon tiny =
                        SimulatedMarathon.start(
                                SimulatedMarathonSettings.defaults()
                                        .withAgents(
                                                SimulatedMarathonSettings.agentsAt("10.0.0.", 4, 1))
                                        .withHostPorts(31000, 31000));
                MarathonClient other = new MarathonClient(tiny.url())) {
            tiny.deploy("{\"id\":\"/x\",\"cmd\":\"x\",\"instances\":2}");
            MarathonClient.await(() -> tiny.runningTasks("/x").size() == 1);
            assertThat(other.json("/v2/queue").path("queue").path(0).path("count").intValue())
                    .isEqualTo(1);
            tiny.deploy("{\"id\":\"/none\",\"cmd\":\"x\",\"portDefinitions\":[]}");
            MarathonClient.await(() -> tiny.runningTasks("/none").size() == 1);
            tiny.scale("/x", 1);
            MarathonClient.await(() -> !tiny.isDeploying());
            assertThat(tiny.runningTasks("/x")).hasSize(1);
        }
    }

    @Test
    void controlMethodsRefuseUnknownIds() {
        assertThatThrownBy(() -> marathon.kill("nosuch")).hasMessageContaining("nosuch");
        assertThatThrownBy(() -> marathon.unreachable("10.9.9.9")).hasMessageContaining("10.9.9.9");
        assertThatThrownBy(() -> marathon.deploy("{\"cmd\":\"x\"}")).isInstanceOf(ApiRefusal.class);
        assertThat(marathon.runningTasks("/nosuch")).isEmpty();
    }

    @Test
    void inTheDemoTasksAnswerOnTheirAgentsAddressUntilTheyAreKilled() throws Exception {
        try (SimulatedMarathon demo =
                SimulatedMarathon.start(
                        SimulatedMarathonSettings.demo().withPort(0).withHostPorts(31100, 31999))) {
            demo.deploy("{\"id\":\"/web\",\"cmd\":\"x\",\"instances\":3}");
            MarathonClient.await(() -> demo.runningTasks("/web").size() == 3);
            assertThat(demo.runningTasks("/web").stream().map(SimulatedMarathon.RunningTask::host))
                    .containsExactlyInAnyOrder("127.0.1.1", "127.0.1.2", "127.0.1.3");
            SimulatedMarathon.RunningTask task = demo.runningTasks("/web").getFirst();
            URI url = URI.create("http://" + task.host() + ":" + task.ports().getFirst());
            try (MarathonClient user = new MarathonClient(url)) {
                assertThat(text(user.get("/"))).isEqualTo(task.id() + "\n");
                demo.delete("/web");
                MarathonClient.await(() -> !demo.isDeploying());
                assertThatThrownBy(() -> user.get("/")).isInstanceOf(java.io.IOException.class);
            }
        }
    }
}
