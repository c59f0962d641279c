package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Cases in which Meridian once differed from Mesos-DNS: the events of a model cluster, through the
 * source's fold and the domain, to the records and backends.
 */
class MesosDifferentialTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final NamingRules NAMES = NamingRules.of("mesos");

    private final SignalRecorder recorder = new SignalRecorder();
    private final Map<String, ObjectNode> launched = new HashMap<>();
    private final Map<String, String> frameworks = new HashMap<>();
    private final Map<ServiceId, Service> services = new TreeMap<>();
    private MesosCluster cluster = MesosCluster.empty();
    private double clock = 1_700_000_000;

    @ParameterizedTest
    @CsvSource({
        "same-task-id-in-two-frameworks-of-one-name, 10.1.0.1 10.1.0.2",
        "same-task-id-in-two-frameworks-first-ends, 10.1.0.2",
        "same-task-id-in-turn, 10.1.0.2"
    })
    void aTaskIdIsUniqueWithinAFrameworkIdOnly(String file, String addresses) throws IOException {
        play(file);
        assertThat(addresses("sparkpi0.sparkpi.mesos"))
                .containsExactlyInAnyOrder(addresses.split(" "));
    }

    /** Mesos allows an id again once the task before has ended. */
    @Test
    void aTaskIdThatAFrameworkUsesAgainHasANewLife() throws IOException {
        play("same-task-id-in-turn");
        step("{\"op\":\"status\",\"task\":\"t2\",\"status\":{\"state\":\"TASK_FINISHED\"}}");
        assertThat(addresses("sparkpi0.sparkpi.mesos")).isEmpty();

        step(
                """
                {"op":"launch","key":"t3","id":"0","name":"SparkPi 0","framework":"0002","agent":"S1"}
                """);
        step(
                """
                {"op":"status","task":"t3","status":{"state":"TASK_RUNNING","container_status":
                {"network_infos":[{"ip_addresses":[{"ip_address":"10.1.0.3"}]}]}}}
                """);
        assertThat(addresses("sparkpi0.sparkpi.mesos")).containsExactly("10.1.0.3");
    }

    @ParameterizedTest
    @CsvSource({"clock-goes-back-health", "clock-goes-on-health"})
    void anEventIsNewerThanTheEventsBeforeItWhateverItsTimeStamp(String file) throws IOException {
        play(file);
        assertThat(backends())
                .extracting(VipRow.Backend::state)
                .containsExactly(BackendState.DRAINING);
    }

    @Test
    void aSchedulerThatMovesToAHostWithoutAddressLosesItsRecord() throws IOException {
        play("scheduler-moves-to-unknown-host");
        assertThat(addresses("kafka.mesos")).isEmpty();
    }

    @Test
    void aStatusWithoutAddressesKeepsThoseOfTheStatusBefore() throws IOException {
        play("keeps-address-snapshot");
        assertThat(addresses("web.kafka.mesos")).containsExactly("10.1.0.1");
    }

    @Test
    void addressesOfOneStatusReplaceThoseOfTheStatusBeforeTogether() throws IOException {
        play("docker-label-after-netinfo");
        assertThat(addresses("web.kafka.mesos"))
                .as("sources netinfo, mesos, host: the label docker is no source")
                .containsExactly("10.0.0.1");
    }

    @Test
    void aPortAbove65535AndALeadingDashHaveNoRecord() throws IOException {
        play("port-70000-and-leading-dash");
        assertThat(rows())
                .filteredOn(row -> row.type() == RecordType.SRV && row.name().contains("lead"))
                .extracting(ZoneRow::name, row -> row.data().split(" ")[2])
                .containsExactlyInAnyOrder(
                        tuple("_lead-x._tcp.kafka.mesos", "80"),
                        tuple("_http._lead-x._tcp.kafka.mesos", "80"));
    }

    private void play(String file) throws IOException {
        JsonNode model;
        try (InputStream in =
                getClass().getResourceAsStream("/cases/mesos-differential/" + file + ".json")) {
            model = JSON.readTree(in);
        }
        recorder.send(Documents.subscribed(List.of(), List.of(), List.of(), List.of()));
        model.path("initial").forEach(this::step);
        model.path("steps").forEach(step -> step.forEach(this::step));
    }

    private void step(String operation) throws IOException {
        step(JSON.readTree(operation));
    }

    private void step(JsonNode operation) {
        String framework = operation.path("framework").asText();
        switch (operation.path("op").asText()) {
            case "agent" ->
                    recorder.send(
                            "{\"type\":\"AGENT_ADDED\",\"agent_added\":{\"agent\":"
                                    + Documents.agent(
                                            operation.path("agent").asText(),
                                            "slave(1)@"
                                                    + operation.path("address").asText()
                                                    + ":5051")
                                    + "}}");
            case "framework" -> framework(framework, operation);
            case "framework_removed" -> recorder.send(Documents.frameworkRemoved(framework));
            case "launch" -> launch(framework, operation);
            case "status" -> {
                ObjectNode task = launched.get(operation.path("task").asText());
                ObjectNode status = status(task, operation.path("status"));
                recorder.send(
                        Documents.taskUpdated(
                                task.path("framework_id").path("value").asText(),
                                status.path("state").asText(),
                                status.toString()));
            }
            default -> throw new IllegalArgumentException(operation.toString());
        }
        apply();
    }

    private void framework(String id, JsonNode operation) {
        String kind = frameworks.put(id, "") == null ? "ADDED" : "UPDATED";
        recorder.send(
                """
                {"type":"FRAMEWORK_%s","framework_%s":{"framework":{"framework_info":
                {"id":{"value":"%s"},"name":"%s","hostname":"%s"},"active":true}}}
                """
                        .formatted(
                                kind,
                                kind.toLowerCase(Locale.ROOT),
                                id,
                                operation.path("name").asText(),
                                operation.path("hostname").asText()));
        recorder.fold.pids(Map.of(id, operation.path("pid").asText()));
    }

    private void launch(String framework, JsonNode operation) {
        ObjectNode task = operation.deepCopy();
        task.set("task_id", value(operation.path("id").asText()));
        task.set("framework_id", value(framework));
        task.set("agent_id", value(operation.path("agent").asText()));
        task.put("state", operation.path("state").asText("TASK_STAGING"));
        task.remove(List.of("op", "key", "id", "framework", "agent", "ports"));
        ArrayNode statuses = JsonNodeFactory.instance.arrayNode();
        operation.path("statuses").forEach(one -> statuses.add(status(task, one)));
        task.set("statuses", statuses);
        launched.put(operation.path("key").asText(), task);
        recorder.send(Documents.taskAdded(task.toString()));
    }

    private ObjectNode status(ObjectNode task, JsonNode status) {
        ObjectNode full = status.deepCopy();
        full.set("task_id", task.path("task_id"));
        full.set("agent_id", task.path("agent_id"));
        if (!full.has("timestamp")) {
            full.put("timestamp", ++clock);
        }
        return full;
    }

    private static ObjectNode value(String id) {
        return JsonNodeFactory.instance.objectNode().put("value", id);
    }

    /** Applies the signals since the last call. */
    private void apply() {
        for (SourceSignal signal : recorder.signals) {
            switch (signal) {
                case SourceSignal.Observed(Observation observation) -> apply(observation);
                case SourceSignal.ListedAll all -> all.services().forEach(this::apply);
                case SourceSignal.ClusterObserved(ClusterClaim claim) ->
                        cluster = cluster.apply(cluster.decide(claim));
                default -> {}
            }
        }
        recorder.signals.clear();
    }

    private void apply(Observation observation) {
        Service before =
                services.getOrDefault(observation.service(), Service.empty(observation.service()));
        services.put(observation.service(), before.apply(before.decide(observation)));
    }

    private List<ZoneRow> rows() {
        TreeSet<ZoneRow> rows = new TreeSet<>();
        services.forEach(
                (id, service) ->
                        service.live()
                                .values()
                                .forEach(instance -> rows.addAll(NAMES.rows(id, instance))));
        cluster.frameworks().values().forEach(one -> rows.addAll(NAMES.cluster().rows(one)));
        return List.copyOf(rows);
    }

    private List<String> addresses(String name) {
        return rows().stream()
                .filter(row -> row.name().equals(name) && row.type() == RecordType.A)
                .map(ZoneRow::data)
                .toList();
    }

    private List<VipRow.Backend> backends() {
        List<VipRow.Backend> backends = new ArrayList<>();
        services.forEach(
                (id, service) -> {
                    for (Instance instance : service.live().values()) {
                        backends.addAll(VipRules.ANY_LITERAL.rows(id, instance));
                    }
                });
        return backends;
    }
}
