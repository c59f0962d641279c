package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.mesos.RecordedMesos;
import io.meridian.testkit.Fixtures;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Plays recorded streams and states of real masters to the whole program. Zones and backends equal
 * the oracle's, the answers of a real Mesos-DNS, and hand-made expected endpoints.
 */
final class MesosFixturesTest {
    static final List<String> SOURCES = List.of("netinfo", "docker", "mesos", "host");
    static final String IP_SOURCES = "[\"netinfo\",\"docker\",\"mesos\",\"host\"]";

    @TempDir static Path directory;
    private static Database database;

    @BeforeAll
    static void start() {
        database = new Database(directory.resolve("postgres"));
    }

    @AfterAll
    static void stop() {
        if (database != null) {
            database.close();
        }
    }

    private static MesosHouse house(String name, RecordedMesos mesos) throws Exception {
        Map<String, String> settings = new HashMap<>(Database.configuration(database.create(name)));
        settings.put("meridian.dns.ip-sources", IP_SOURCES);
        settings.put("meridian.vip.literals", "1.2.3.0/24");
        return MesosHouse.start(directory.resolve(name), List.of(mesos.url()), settings)
                .awaitReady();
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator-api", "pod-tasks", "recovered-agents"})
    void aStreamGivesWhatItsEndImplies(String name) throws Exception {
        Path file = Fixtures.find("mesos/operator-api/" + name + ".json");
        try (RecordedMesos mesos = RecordedMesos.open(file)) {
            if (name.equals("recovered-agents")) {
                mesos.playAll(); // the node is ready only once all agents have reregistered
            }
            try (MesosHouse house = house(name, mesos)) {
                mesos.playAll();
                JsonNode end = StreamEnd.of(Files.readAllLines(file));
                MesosOracle oracle = new MesosOracle(end, SOURCES);
                assertThat(oracle.tasks()).isNotEmpty();
                house.awaitAgreement(name, oracle);
                assertEndpoints(house, end);
            }
        }
    }

    static JsonNode read(String fixture) throws Exception {
        return NodeApi.JSON.readTree(Files.readString(Fixtures.find(fixture)));
    }

    /** Entries of expected-endpoints.json for tasks that run at the end. */
    static void assertEndpoints(MesosHouse house, JsonNode end) throws Exception {
        JsonNode expected = read("marathon/matrix/expected-endpoints.json");
        SortedSet<String> dcos = house.dcosRecords();
        for (JsonNode framework : end.path("frameworks")) {
            for (JsonNode task : framework.path("tasks")) {
                if (!task.path("state").asText().equals("TASK_RUNNING")) {
                    continue;
                }
                String name = task.path("discovery").path("name").asText().replace('.', '-');
                for (JsonNode endpoint :
                        expected.path(task.path("id").asText()).path("endpoints")) {
                    String address = endpoint.path("address").asText();
                    String kind =
                            endpoint.path("via").asText().equals("agent")
                                    ? "agentip"
                                    : "containerip";
                    assertThat(dcos)
                            .as(task.path("id").asText())
                            .contains(
                                    "%s.marathon.%s.dcos.thisdcos.directory. %s %s"
                                            .formatted(
                                                    name,
                                                    kind,
                                                    address.contains(":") ? "AAAA" : "A",
                                                    MarathonOracle.plain(address)));
                }
            }
        }
    }

    /**
     * Plays a document recorded from an agent, after adding the agent to it and naming its launched
     * tasks as a master does.
     */
    @ParameterizedTest
    @CsvSource({"vip-labels, 172.17.0.3", "dns-hostname, 127.0.0.1"})
    void aStateOfAnAgentGivesItsVips(String name, String agent) throws Exception {
        ObjectNode document =
                (ObjectNode)
                        NodeApi.JSON.readTree(
                                Files.readString(
                                        Fixtures.find("mesos/operator-api/" + name + ".json")));
        ObjectNode state = (ObjectNode) document.path("get_state");
        ObjectNode tasks = (ObjectNode) state.path("get_tasks");
        tasks.set("tasks", tasks.remove("launched_tasks"));
        ObjectNode added = state.putObject("get_agents").putArray("agents").addObject();
        added.put("pid", "slave(1)@" + agent + ":5051").put("active", true);
        ObjectNode info = added.putObject("agent_info");
        info.set("id", tasks.path("tasks").path(0).path("agent_id"));
        info.put("hostname", agent).put("port", 5051);
        String text = document.toString();
        try (RecordedMesos mesos = RecordedMesos.of(text);
                MesosHouse house = house(name, mesos)) {
            JsonNode subscribed = NodeApi.JSON.createObjectNode();
            ((ObjectNode) subscribed).putObject("subscribed").set("get_state", state);
            MesosOracle oracle =
                    new MesosOracle(StreamEnd.of(List.of(subscribed.toString())), SOURCES);
            house.awaitAgreement(name, oracle);
            if (name.equals("vip-labels")) {
                assertThat(house.api().tables().backends())
                        .containsOnlyKeys(
                                "tcp abc.marathon:80",
                                "tcp cbd.marathon:80",
                                "tcp def.marathon:80",
                                "tcp jkl.marathon:80",
                                "tcp xyz.marathon:443");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mesos_state-state-overlay", "mesos_state-state_di"})
    void anOldStateGivesWhatItImplies(String name) throws Exception {
        Path file = Fixtures.find("mesos/state/" + name + ".json");
        try (RecordedMesos mesos = RecordedMesos.open(file);
                MesosHouse house = house(name, mesos)) {
            house.awaitAgreement(
                    name, new MesosOracle(NodeApi.JSON.readTree(Files.readString(file)), SOURCES));
        }
    }

    @Test
    void aStateGivesTheZoneThatMesosDnsMadeOfIt() throws Exception {
        assertGolden("fake", List.of());
    }

    @Test
    void edgeCasesDifferOnlyWhereTheyAreListed() throws Exception {
        assertGolden(
                "edge",
                Files.readAllLines(
                        Path.of("../domain/src/test/resources/mesos-dns/axfr-edge.differences")));
    }

    /** Excludes names of masters and of the name server, which depend on this test. */
    private static void assertGolden(String name, List<String> differences) throws Exception {
        JsonNode axfr =
                NodeApi.JSON
                        .readTree(
                                Files.readString(
                                        Fixtures.find("mesos/mesos-dns/axfr-" + name + ".json")))
                        .path("Records");
        SortedSet<String> expected = new TreeSet<>();
        for (String type : List.of("A", "AAAA", "SRV")) {
            axfr.path(type + "s")
                    .properties()
                    .forEach(
                            entry ->
                                    entry.getValue()
                                            .forEach(
                                                    value ->
                                                            expected.add(
                                                                    entry.getKey()
                                                                            + " "
                                                                            + type
                                                                            + " "
                                                                            + data(
                                                                                    type,
                                                                                    value
                                                                                            .asText()))));
        }
        differences.stream()
                .filter(line -> line.startsWith("- "))
                .forEach(line -> expected.remove(line.substring(2)));
        differences.stream()
                .filter(line -> line.startsWith("+ "))
                .forEach(line -> expected.add(line.substring(2)));
        // two tasks of one framework have one id, which Mesos forbids: one of them is served
        expected.removeIf(
                record ->
                        record.matches(
                                ".*liquor[.-]store-4dfjd.*|liquor[.-]store\\.marathon\\.(mesos\\. A"
                                        + " 10\\.3\\.0\\.1|slave\\.mesos\\. A 1\\.2\\.3\\.11)"));
        expected.removeIf(
                record ->
                        record.matches(
                                "(master\\d*|leader|ns1|_leader\\._(tcp|udp))\\.mesos\\. .*"));
        try (RecordedMesos mesos =
                        RecordedMesos.open(Fixtures.find("mesos/mesos-dns/" + name + ".json"));
                MesosHouse house = house(name, mesos)) {
            SortedSet<String> missing = new TreeSet<>();
            SortedSet<String> tooMuch = new TreeSet<>();
            try {
                Waiting.until(
                        name,
                        MesosHouse.LIMIT,
                        () -> {
                            missing.clear();
                            missing.addAll(expected);
                            missing.removeAll(house.mesosRecords());
                            tooMuch.clear();
                            tooMuch.addAll(house.mesosRecords());
                            tooMuch.removeAll(expected);
                            return missing.isEmpty() && tooMuch.isEmpty();
                        });
            } catch (AssertionError late) {
                throw new AssertionError("missing " + missing + "\nunexpected " + tooMuch, late);
            }
        }
    }

    private static String data(String type, String value) {
        int colon = value.lastIndexOf(':');
        return type.equals("SRV")
                ? "0 1 " + value.substring(colon + 1) + " " + value.substring(0, colon)
                : MarathonOracle.plain(value);
    }

    /** The {@code /master/state} at the end of a stream, limited to the oracle's fields. */
    private static final class StreamEnd {
        private final Map<String, ObjectNode> agents = new LinkedHashMap<>();
        private final Map<String, ObjectNode> frameworks = new LinkedHashMap<>();
        private final Map<String, ObjectNode> tasks = new LinkedHashMap<>();

        static JsonNode of(List<String> lines) throws Exception {
            StreamEnd end = new StreamEnd();
            for (String line : lines) {
                if (!line.isBlank()) {
                    end.add(NodeApi.JSON.readTree(line));
                }
            }
            return end.document();
        }

        private void add(JsonNode record) {
            JsonNode state = record.path("subscribed").path("get_state");
            state.path("get_agents").path("agents").forEach(this::agent);
            state.path("get_frameworks").path("frameworks").forEach(this::framework);
            state.path("get_tasks").path("tasks").forEach(this::task);
            one(record.path("agent_added").path("agent")).forEach(this::agent);
            one(record.path("framework_added").path("framework")).forEach(this::framework);
            one(record.path("framework_updated").path("framework")).forEach(this::framework);
            one(record.path("task_added").path("task")).forEach(this::task);
            JsonNode updated = record.path("task_updated");
            if (updated.isObject()) {
                ObjectNode task =
                        tasks.get(updated.path("status").path("task_id").path("value").asText());
                task.set("state", updated.path("state"));
                task.withArray("statuses").add(updated.path("status"));
            }
        }

        private static List<JsonNode> one(JsonNode node) {
            return node.isObject() ? List.of(node) : List.of();
        }

        private void agent(JsonNode agent) {
            String id = agent.path("agent_info").path("id").path("value").asText();
            ObjectNode slave = NodeApi.JSON.createObjectNode().put("id", id);
            slave.set("pid", agent.path("pid"));
            agents.put(id, slave);
        }

        private void framework(JsonNode framework) {
            JsonNode info = framework.path("framework_info");
            String id = info.path("id").path("value").asText();
            ObjectNode json = NodeApi.JSON.createObjectNode().put("id", id);
            json.set("name", info.path("name"));
            json.set("hostname", info.path("hostname"));
            frameworks.put(id, json);
        }

        private void task(JsonNode task) {
            ObjectNode json = task.deepCopy();
            json.set("id", task.path("task_id").path("value"));
            json.set("slave_id", task.path("agent_id").path("value"));
            json.set("labels", task.path("labels").path("labels"));
            List<String> ranges = new ArrayList<>();
            for (JsonNode resource : task.path("resources")) {
                if (resource.path("name").asText().equals("ports")) {
                    resource.path("ranges")
                            .path("range")
                            .forEach(
                                    range ->
                                            ranges.add(
                                                    range.path("begin").asText()
                                                            + "-"
                                                            + range.path("end").asText()));
                }
            }
            json.putObject("resources").put("ports", ranges.toString());
            tasks.put(json.path("id").asText(), json);
        }

        private JsonNode document() {
            ObjectNode document = NodeApi.JSON.createObjectNode();
            ArrayNode slaves = document.putArray("slaves");
            agents.values().forEach(slaves::add);
            ArrayNode list = document.putArray("frameworks");
            frameworks.forEach(
                    (id, framework) -> {
                        ArrayNode own = framework.putArray("tasks");
                        tasks.values().stream()
                                .filter(
                                        task ->
                                                task.path("framework_id")
                                                        .path("value")
                                                        .asText()
                                                        .equals(id))
                                .forEach(own::add);
                        list.add(framework);
                    });
            return document;
        }
    }
}
