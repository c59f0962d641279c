package io.meridian.simulator.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.Pace;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Marathon's tasks as Mesos reports them. */
final class MarathonInMesosTest {
    private final SimulatedMarathon marathon =
            SimulatedMarathon.start(
                    SimulatedMarathonSettings.defaults().withSeed(1).withPace(Pace.INSTANT));
    private final SimulatedMesos mesos = SimulatedMesos.start(SimulatedMesosSettings.defaults());
    private final MarathonInMesos both = MarathonInMesos.join(marathon, mesos);

    @AfterEach
    void stop() {
        marathon.close();
        mesos.close();
    }

    @Test
    void anAppInItsAgentsNetwork() throws Exception {
        JsonNode task =
                runs(
                        """
                        {"id": "/shop/frontend/web", "cmd": "x", "labels": {"a": "b"},
                         "portDefinitions": [{"port": 0, "name": "http", "protocol": "udp,tcp",
                           "labels": {"VIP_0": "/web:80"}}]}\
                        """);
        assertThat(task.path("name").asText()).isEqualTo("web.frontend.shop");
        assertThat(task.at("/discovery/name").asText()).isEqualTo("web.frontend.shop");
        assertThat(task.at("/labels/labels").toString())
                .isEqualTo("[{\"key\":\"a\",\"value\":\"b\"}]");
        int port = marathon.runningTasks("/shop/frontend/web").getFirst().ports().getFirst();
        assertThat(ports(task))
                .containsExactly(
                        port + " http udp {VIP_0=/web:80}", port + " http tcp {VIP_0=/web:80}");
        assertThat(task.at("/statuses/1/container_status/network_infos").toString())
                .contains(marathon.runningTasks("/shop/frontend/web").getFirst().host());
        assertThat(task.at("/framework_id/value").asText()).isEqualTo(both.framework().id());
    }

    @Test
    void aDockerAppBehindABridge() throws Exception {
        JsonNode task =
                runs(
                        """
                        {"id": "/b", "networks": [{"mode": "container/bridge"}], "container":
                          {"type": "DOCKER", "docker": {"image": "i"}, "portMappings":
                            [{"containerPort": 8080, "hostPort": 0, "name": "http"}]}}\
                        """);
        int port = marathon.runningTasks("/b").getFirst().ports().getFirst();
        assertThat(ports(task)).containsExactly(port + " http tcp {network-scope=host}");
        assertThat(task.at("/container/docker/network").asText()).isEqualTo("BRIDGE");
        assertThat(task.at("/container/docker/port_mappings/0/container_port").asInt())
                .isEqualTo(8080);
        assertThat(task.at("/container").has("network_infos")).isFalse();
        assertThat(task.at("/statuses/1/container_status").toString()).contains("172.17.");
    }

    @Test
    void aMesosAppBehindABridge() throws Exception {
        JsonNode task =
                runs(
                        """
                        {"id": "/b", "cmd": "x", "networks": [{"mode": "container/bridge"}], "container":
                          {"type": "MESOS", "portMappings": [{"containerPort": 8080, "hostPort": 0}]}}\
                        """);
        assertThat(task.at("/container/network_infos/0/name").asText()).isEqualTo("mesos-bridge");
        JsonNode info = task.at("/statuses/1/container_status/network_infos/0");
        assertThat(info.path("name").asText()).isEqualTo("mesos-bridge");
        assertThat(info.at("/port_mappings/0/container_port").asInt()).isEqualTo(8080);
    }

    @Test
    void anAppInAContainerNetworkOfTwoFamilies() throws Exception {
        JsonNode task =
                runs(
                        """
                        {"id": "/c", "networks": [{"mode": "container", "name": "dcos6"}], "container":
                          {"type": "DOCKER", "docker": {"image": "i"}, "portMappings":
                            [{"containerPort": 8080, "name": "http", "labels": {"VIP_0": "c:80"}}]}}\
                        """);
        assertThat(ports(task))
                .containsExactly(
                        "8080 http tcp {VIP_0=c:80, network-scope=container, network-name=dcos6}");
        assertThat(task.at("/statuses/1/container_status/network_infos/0/ip_addresses")).hasSize(2);
    }

    @Test
    void aPodsContainersAreNamedForThemselvesAndDiscoveredUnderThePod() throws Exception {
        java.net.http.HttpResponse<String> answer =
                RecordClient.send(
                        java.net.http.HttpRequest.newBuilder(marathon.url().resolve("/v2/pods"))
                                .header("Content-Type", "application/json")
                                .POST(
                                        java.net.http.HttpRequest.BodyPublishers.ofString(
                                                """
                                                {"id": "/shop/p", "networks": [{"mode": "container", "name": "dcos"}],
                                                 "containers": [
                                                  {"name": "one", "resources": {"cpus": 0.1, "mem": 32},
                                                   "endpoints": [{"name": "http", "containerPort": 80, "hostPort": 0,
                                                     "protocol": ["tcp"]}]},
                                                  {"name": "two", "resources": {"cpus": 0.1, "mem": 32}}]}\
                                                """)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        until(() -> marathon.runningTasks("/shop/p").size() == 2);
        JsonNode tasks = RecordClient.call(mesos.url(), "GET_TASKS").at("/get_tasks/tasks");
        assertThat(tasks.valueStream().map(task -> task.path("name").asText()))
                .containsExactlyInAnyOrder("one", "two");
        assertThat(tasks.valueStream().map(task -> task.at("/discovery/name").asText()))
                .containsOnly("p.shop");
        JsonNode one =
                tasks.valueStream()
                        .filter(task -> task.path("name").asText().equals("one"))
                        .findFirst()
                        .orElseThrow();
        assertThat(one.at("/statuses/1/container_status/network_infos/0/port_mappings")).hasSize(1);
        assertThat(ports(one).getFirst()).contains("http tcp {network-scope=host}");
    }

    @Test
    void aTaskThatEndsInMarathonEndsInMesos() throws Exception {
        runs("{\"id\": \"/a\", \"cmd\": \"x\", \"instances\": 2}");
        String victim = marathon.runningTasks("/a").getFirst().id();
        marathon.kill(victim);
        until(() -> mesos.taskStates().size() == 2 && !mesos.taskStates().containsKey(victim));
        String lost = marathon.runningTasks("/a").getFirst().host();
        marathon.unreachable(lost);
        assertThat(mesos.taskStates()).containsValue("TASK_UNREACHABLE");
        marathon.reachable(lost);
        until(
                () ->
                        !mesos.taskStates().containsValue("TASK_UNREACHABLE")
                                && mesos.taskStates().size() == 2);
        marathon.delete("/a");
        until(() -> mesos.taskStates().isEmpty());
    }

    private JsonNode runs(String app) throws Exception {
        String id = marathon.deploy(app);
        until(() -> !marathon.runningTasks(id).isEmpty() && !marathon.isDeploying());
        return RecordClient.call(mesos.url(), "GET_TASKS").at("/get_tasks/tasks/0");
    }

    private static List<String> ports(JsonNode task) {
        return task.at("/discovery/ports/ports")
                .valueStream()
                .map(
                        port -> {
                            Map<String, String> labels = new java.util.LinkedHashMap<>();
                            port.at("/labels/labels")
                                    .forEach(
                                            label ->
                                                    labels.put(
                                                            label.path("key").asText(),
                                                            label.path("value").asText()));
                            return port.path("number").asText()
                                    + " "
                                    + port.path("name").asText()
                                    + " "
                                    + port.path("protocol").asText()
                                    + " "
                                    + labels;
                        })
                .toList();
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.sleep(10);
        }
    }
}
