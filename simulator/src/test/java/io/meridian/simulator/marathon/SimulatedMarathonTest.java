package io.meridian.simulator.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.HashSet;

class SimulatedMarathonTest {
    private static final String WEB =
            """
            {"id": "/web", "cmd": "sleep 100000", "instances": 2, "cpus": 0.1, "mem": 32, "portDefinitions": [
              {"port": 0, "name": "http", "protocol": "tcp", "labels": {"VIP_0": "/web:80"}},
              {"port": 0, "name": "p1", "protocol": "tcp"}]}\
            """;

    private SimulatedMarathon marathon;
    private MarathonClient client;

    @BeforeEach
    void start() {
        marathon = SimulatedMarathon.start(SimulatedMarathonSettings.defaults().withSeed(1));
        client = new MarathonClient(marathon.url());
    }

    @AfterEach
    void stop() {
        client.close();
        marathon.close();
    }

    @Test
    void anAppThatIsPostedRunsOnTwoAgents() throws Exception {
        HttpResponse<byte[]> created = client.send("POST", "/v2/apps", WEB);
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("Marathon-Deployment-Id")).isPresent();
        MarathonClient.await(
                () -> marathon.runningTasks("/web").size() == 2 && !marathon.isDeploying());
        JsonNode app = client.json("/v2/apps?embed=apps.tasks").path("apps").path(0);
        assertThat(app.path("tasksRunning").intValue()).isEqualTo(2);
        assertThat(app.path("tasks").findValuesAsText("host"))
                .containsExactlyInAnyOrder("10.0.0.4", "10.0.0.5");
    }

    @Test
    void theCreatedAnswerHasTheFieldsOfARealOne() throws Exception {
        String body =
                new String(
                        client.send("POST", "/v2/apps", WEB).body(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(
                        body.replaceAll("\"version\":\"[^\"]*\"", "\"version\":\"V\"")
                                .replaceAll("[0-9a-f-]{36}", "D"))
                .isEqualTo(
                        "{\"id\":\"/web\",\"backoffFactor\":1.15,\"backoffSeconds\":1,\"cmd\":\"sleep"
                            + " 100000\","
                            + "\"cpus\":0.1,\"disk\":0.0,\"executor\":\"\",\"instances\":2,\"labels\":{},"
                            + "\"maxLaunchDelaySeconds\":300,\"mem\":32.0,\"gpus\":0,\"networks\":[{\"mode\":\"host\"}],"
                            + "\"portDefinitions\":[{\"port\":0,\"labels\":{\"VIP_0\":\"/web:80\"},\"name\":\"http\","
                            + "\"protocol\":\"tcp\"},{\"port\":0,\"name\":\"p1\",\"protocol\":\"tcp\"}],"
                            + "\"requirePorts\":false,\"upgradeStrategy\":{\"maximumOverCapacity\":1.0,"
                            + "\"minimumHealthCapacity\":1.0},\"version\":\"V\",\"killSelection\":\"YOUNGEST_FIRST\","
                            + "\"unreachableStrategy\":{\"inactiveAfterSeconds\":0,\"expungeAfterSeconds\":0},"
                            + "\"role\":\"*\",\"tasksStaged\":0,\"tasksRunning\":0,\"tasksHealthy\":0,"
                            + "\"tasksUnhealthy\":0,\"deployments\":[{\"id\":\"D\"}]}");
    }

    @Test
    void fiveThousandTasksOfAThousandAppsRunAndAreListed() throws Exception {
        try (SimulatedMarathon big =
                        SimulatedMarathon.start(
                                SimulatedMarathonSettings.defaults()
                                        .withPace(Pace.INSTANT)
                                        .withAgents(
                                                SimulatedMarathonSettings.agentsAt(
                                                        "10.1.0.", 1, 50)));
                MarathonClient reader = new MarathonClient(big.url())) {
            for (int i = 0; i < 1_000; i++) {
                big.deploy(
                        "{\"id\":\"/group-"
                                + i % 10
                                + "/app-"
                                + i
                                + "\",\"cmd\":\"x\",\"instances\":5}");
            }
            MarathonClient.await(() -> !big.isDeploying());
            JsonNode apps = reader.json("/v2/apps?embed=apps.tasks").path("apps");
            assertThat(apps).hasSize(1_000).allMatch(app -> app.path("tasks").size() == 5);
            assertThat(new HashSet<>(reader.json("/v2/tasks").findValuesAsText("id")))
                    .hasSize(5_000);
        }
    }
}
