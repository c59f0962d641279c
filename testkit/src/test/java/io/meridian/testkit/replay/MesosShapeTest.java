package io.meridian.testkit.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.Json;
import io.meridian.simulator.mesos.MesosAgent;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.RecordClient;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.TaskDraft;
import io.meridian.testkit.Fixtures;
import io.meridian.testkit.NeedsSharedFixtures;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Messages of the simulated master have the fields, nesting and types of recorded real masters: no
 * field that no recording has, and every field that consumers read.
 */
@NeedsSharedFixtures
final class MesosShapeTest {

    private static SimulatedMesos mesos;
    private static RecordClient client;

    @BeforeAll
    static void start() throws Exception {
        mesos = SimulatedMesos.start(SimulatedMesosSettings.defaults());
        MesosAgent agent = mesos.register(MesosAgent.of(0, "10.0.0.4"));
        MesosFramework kafka =
                mesos.add(MesosFramework.of(1, "kafka", "10.0.0.9").at("10.0.0.9", 1099));
        client = RecordClient.subscribe(mesos.url());
        mesos.register(MesosAgent.of(1, "10.0.0.5"));
        mesos.reconnect(kafka);
        mesos.add(MesosFramework.of(2, "spark", "10.0.0.9"));
        mesos.runs(kafka, agent, TaskDraft.of("plain", "plain").hostPorts(31_001, 31_002));
        mesos.runs(
                kafka,
                agent,
                TaskDraft.of("docker", "docker")
                        .docker("USER")
                        .hostPorts(31_003)
                        .network("dcos")
                        .mapping(31_003, 80, "tcp")
                        .address("dcos", "9.0.0.2", "fd01:b::2")
                        .label("vip_port0", "tcp://web:80")
                        .discovery("docker")
                        .port(31_003, "http", "tcp", Map.of("VIP_0", "/web:80")));
        mesos.runs(
                kafka,
                agent,
                TaskDraft.of("ucr", "ucr")
                        .hostPorts(31_004)
                        .network("mesos-bridge")
                        .mapping(31_004, 80, "tcp")
                        .address("mesos-bridge", "172.31.254.9"));
        mesos.judge("ucr", true);
        mesos.runs(kafka, agent, TaskDraft.of("short", "short"));
        mesos.update("short", "TASK_FAILED");
    }

    @AfterAll
    static void stop() throws IOException {
        if (mesos != null) {
            client.close();
            mesos.close();
        }
    }

    @Test
    void theStreamHasTheShapeOfRecordedStreams() throws Exception {
        List<JsonNode> recorded = new ArrayList<>();
        for (String file : List.of("operator-api", "pod-tasks", "recovered-agents")) {
            for (String line :
                    Files.readAllLines(Fixtures.shared("mesos/operator-api/" + file + ".json"))) {
                if (!line.isBlank()) {
                    recorded.add(Json.read(line));
                }
            }
        }
        recorded.add(
                Json.read(Files.readString(Fixtures.shared("mesos/operator-api/vip-labels.json"))));
        Map<String, String> shapes = new TreeMap<>();
        recorded.forEach(record -> shape("", record, shapes));
        List<JsonNode> ours = new ArrayList<>(client.next(16));
        try (RecordClient later = RecordClient.subscribe(mesos.url())) {
            ours.addAll(later.next(1));
        }
        Map<String, String> said = new TreeMap<>();
        ours.forEach(record -> shape("", record, said));
        assertThat(unknown(messages(said), messages(shapes)))
                .as("fields that no recording has there")
                .isEmpty();
        assertThat(said)
                .containsKeys(
                        ".subscribed.heartbeat_interval_seconds",
                        ".subscribed.get_state.get_agents.agents[].pid",
                        ".subscribed.get_state.get_frameworks.frameworks[].framework_info.name",
                        ".subscribed.get_state.get_tasks.tasks[].task_id.value",
                        ".subscribed.get_state.get_tasks.tasks[].statuses[].timestamp",
                        ".agent_added.agent.agent_info.id.value",
                        ".framework_added.framework.framework_info.id.value",
                        ".framework_updated.framework.active",
                        ".task_added.task.resources[].ranges.range[].begin",
                        ".task_added.task.discovery.ports.ports[].labels.labels[].key",
                        ".task_added.task.container.docker.port_mappings[].container_port",
                        ".task_updated.status.container_status.network_infos[].ip_addresses[].ip_address",
                        ".task_updated.status.container_status.network_infos[].port_mappings[].host_port",
                        ".task_updated.status.healthy",
                        ".task_updated.state");
    }

    @Test
    void theOldStateHasTheShapeOfRecordedOnes() throws Exception {
        Map<String, String> shapes = new TreeMap<>();
        for (String file :
                List.of(
                        "state/mesos_state-state-overlay.json",
                        "state/mesos_state-state_di.json",
                        "mesos-dns/fake.json",
                        "mesos-dns/edge.json")) {
            shape("", Json.read(Files.readString(Fixtures.shared("mesos/" + file))), shapes);
        }
        // container and discovery are the stream's messages
        Map<String, String> stream = new TreeMap<>();
        for (String line :
                Files.readAllLines(Fixtures.shared("mesos/operator-api/operator-api.json"))) {
            shape("", Json.read(line.isBlank() ? "{}" : line), stream);
        }
        messages(stream)
                .forEach(
                        (path, type) ->
                                shapes.putIfAbsent(
                                        path.replaceFirst("^TASK", ".frameworks[].tasks[]")
                                                .replaceFirst(
                                                        "^STATUS",
                                                        ".frameworks[].tasks[].statuses[]"),
                                        type));
        Map<String, String> said = new TreeMap<>();
        shape("", RecordClient.get(mesos.url(), "/master/state"), said);
        said.keySet().removeIf(path -> path.startsWith(".frameworks[].completed_tasks["));
        assertThat(unknown(said, shapes))
                .as("fields that no recording has there")
                .isSubsetOf(
                        // newer than the recorded masters
                        ".recovered_slaves",
                        ".unreachable_slaves",
                        ".slaves[].port",
                        ".frameworks[].connected",
                        ".frameworks[].recovered",
                        ".frameworks[].unreachable_tasks",
                        ".frameworks[].tasks[].labels",
                        ".frameworks[].tasks[].labels[]",
                        ".frameworks[].tasks[].labels[].key",
                        ".frameworks[].tasks[].labels[].value",
                        ".frameworks[].tasks[].role",
                        ".frameworks[].tasks[].statuses[].healthy",
                        ".frameworks[].tasks[].resources.gpus",
                        ".slaves[].resources.gpus");
        assertThat(said)
                .containsKeys(
                        ".leader",
                        ".pid",
                        ".slaves[].id",
                        ".slaves[].pid",
                        ".frameworks[].name",
                        ".frameworks[].pid",
                        ".frameworks[].hostname",
                        ".frameworks[].tasks[].id",
                        ".frameworks[].tasks[].slave_id",
                        ".frameworks[].tasks[].resources.ports",
                        ".frameworks[].tasks[].discovery.ports.ports[].number",
                        ".frameworks[].tasks[].labels[].key",
                        ".frameworks[].tasks[].statuses[].timestamp");
    }

    @Test
    void masterDescriptionsHaveTheRecordedShape() throws Exception {
        Map<String, String> shapes = new TreeMap<>();
        shape(
                "",
                Json.read(
                        Files.readString(Fixtures.shared("mesos/operator-api/ui-get_master.json"))),
                shapes);
        Map<String, String> said = new TreeMap<>();
        shape("", RecordClient.call(mesos.url(), "GET_MASTER"), said);
        assertThat(unknown(said, shapes)).isEmpty();
        for (String type : List.of("GET_HEALTH", "GET_VERSION", "GET_AGENTS", "GET_FRAMEWORKS")) {
            shape(
                    "",
                    Json.read(
                            Files.readString(
                                    Fixtures.shared("mesos/operator-api-doc/" + type + ".json"))),
                    shapes);
            JsonNode answer = RecordClient.call(mesos.url(), type);
            assertThat(answer.path("type").asText()).isEqualTo(type);
            assertThat(shapes.keySet())
                    .contains(
                            "."
                                    + answer.properties().stream()
                                            .skip(1)
                                            .findFirst()
                                            .orElseThrow()
                                            .getKey());
        }
    }

    /** Tasks, statuses, agents and frameworks have one shape wherever they occur. */
    private static Map<String, String> messages(Map<String, String> shapes) {
        Map<String, String> messages = new TreeMap<>();
        shapes.forEach(
                (path, type) -> {
                    String message =
                            path.replaceFirst(
                                            "^(\\.subscribed)?\\.get_state\\.get_tasks\\.\\w+",
                                            "TASK")
                                    .replaceFirst("^\\.task_added\\.task", "TASK[]")
                                    .replaceFirst(
                                            "^(\\.subscribed)?\\.get_state\\.get_(agents|frameworks)\\.(agents|frameworks)",
                                            "MEMBER")
                                    .replaceFirst(
                                            "^\\.(agent_added\\.agent|framework_(added|updated)\\.framework)",
                                            "MEMBER[]")
                                    .replaceFirst("^TASK\\[]\\.statuses\\[]", "STATUS")
                                    .replaceFirst("^\\.task_updated\\.status", "STATUS")
                                    .replaceFirst("^TASK\\[]", "TASK");
                    messages.putIfAbsent(message, type);
                });
        messages.remove("TASK");
        return messages;
    }

    /** Paths that are missing, or have another type. */
    private static TreeSet<String> unknown(Map<String, String> said, Map<String, String> known) {
        TreeSet<String> unknown = new TreeSet<>();
        said.forEach(
                (path, type) -> {
                    if (!type.equals(known.get(path))) {
                        unknown.add(path + (known.containsKey(path) ? " " + type : ""));
                    }
                });
        return unknown;
    }

    /** Every path with its type. All numbers are one type; an empty object or list has none. */
    private static void shape(String path, JsonNode node, Map<String, String> shapes) {
        if (node.isObject()) {
            shapes.putIfAbsent(path, "object");
            node.properties()
                    .forEach(entry -> shape(path + "." + entry.getKey(), entry.getValue(), shapes));
        } else if (node.isArray()) {
            shapes.putIfAbsent(path, "array");
            node.forEach(element -> shape(path + "[]", element, shapes));
        } else {
            shapes.putIfAbsent(path, node.getNodeType().name());
        }
    }
}
