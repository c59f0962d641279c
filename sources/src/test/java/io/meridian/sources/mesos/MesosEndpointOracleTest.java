package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.MesosPorts;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.vip.VipRules;
import io.meridian.simulator.mesos.ListedApp;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.sources.json.Json;
import io.meridian.sources.marathon.ExpectedEndpoints;
import io.meridian.sources.marathon.Fixtures;

import org.junit.jupiter.api.Test;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The matrix of {engine} x {network mode} as Mesos reports it, against the endpoints that are known
 * to be reachable. The Marathon side's test uses the same file; this test covers every task of it.
 * Most are in the recorded stream; those of {@code /mixed/multi-port} are launched here as Marathon
 * launches them, and brought to the states that Marathon shows.
 */
class MesosEndpointOracleTest {
    private static final String MIXED = "/mixed/multi-port";

    /** The task of that app that was reachable once; the recording has no endpoints for it. */
    private static final String LAST_ADDRESS = "9.0.3.132";

    @Test
    void everyTaskHasItsReachableEndpoints() throws Exception {
        Json expected = ExpectedEndpoints.all();
        SortedMap<String, MesosTask> known = recorded();
        known.putAll(mixed());
        SortedMap<String, SortedSet<String>> derived = new TreeMap<>();
        SortedMap<String, SortedSet<String>> wanted = new TreeMap<>();
        SortedSet<String> ended = new TreeSet<>();
        for (String id : expected.fields()) {
            String traffic = expected.at(id).at("traffic").textOr("yes");
            MesosTask task = known.remove(id);
            if (traffic.startsWith("no (terminal")) {
                assertThat(task).as(id).isNull();
                ended.add(id);
                continue;
            }
            assertThat(task).as(id).isNotNull();
            assertThat(task.unreachable()).as(id).isEqualTo(traffic.startsWith("no (unreachable"));
            if (!task.unreachable()) {
                derived.put(id, endpoints(task));
                wanted.put(id, ExpectedEndpoints.wanted(expected.at(id)));
            }
        }
        assertThat(known).as("tasks without expected endpoints").isEmpty();
        assertThat(ended).hasSize(1);
        assertThat(wanted).hasSize(expected.fields().size() - 2).hasSize(14);

        // Pods' bridge addresses are reachable on the same agent too; the oracle leaves them out.
        derived.get("pod-on-bridge.instance-e9d06dcd-2930-11e8-96bf-70b3d5800001.app")
                .remove("http 172.31.254.4:8080/tcp same-agent container");
        // Local IPv4 of a network that is only IPv6: the oracle has it, the API does not.
        derived.get("docker-on-ipv6.602453f2-28e7-11e8-8cba-70b3d5800001")
                .remove("http 172.19.0.2:8080/tcp network container");
        wanted.get("docker-on-ipv6.602453f2-28e7-11e8-8cba-70b3d5800001")
                .remove("http 172.19.0.2:8080/tcp same-agent container");
        assertThat(derived).isEqualTo(wanted);
    }

    @Test
    void networkModesAreThoseOfTheApps() throws Exception {
        Json expected = ExpectedEndpoints.all();
        SortedMap<String, MesosTask> known = recorded();
        known.putAll(mixed());
        for (MesosTask task : known.values()) {
            NetworkMode mode =
                    switch (expected.at(task.id().value()).at("mode").text()) {
                        case "host" -> NetworkMode.HOST;
                        case "container/bridge" -> NetworkMode.BRIDGE;
                        default -> NetworkMode.CONTAINER;
                    };
            assertThat(task.mode()).as(task.id().value()).isEqualTo(mode);
        }
    }

    /** The file's expectations about traffic. */
    @Test
    void onlyAHealthyTaskTakesTrafficAndAnUnreachableOneKeepsItsLastAddresses() throws Exception {
        Json expected = ExpectedEndpoints.all();
        mixed().forEach(
                        (id, task) -> {
                            String traffic = expected.at(id).at("traffic").text();
                            List<VipRow.Backend> rows = rows(task);
                            if (traffic.startsWith("yes")) {
                                assertThat(rows)
                                        .as(id)
                                        .hasSize(3)
                                        .allMatch(row -> row.state() == BackendState.SERVING);
                            } else if (traffic.startsWith("no verdict")) {
                                assertThat(rows).as(id).isEmpty();
                            } else {
                                assertThat(rows)
                                        .as(id)
                                        .hasSize(3)
                                        .allMatch(row -> row.state() == BackendState.UNREACHABLE)
                                        .allMatch(row -> row.weight() == 0);
                                assertThat(endpoints(task))
                                        .as(id)
                                        .contains(
                                                "http 10.0.5.23:12020/tcp cluster agent",
                                                "dns 10.0.5.23:12021/udp cluster agent",
                                                "admin 9.0.3.132:9090/tcp network container");
                            }
                        });
    }

    private static List<VipRow.Backend> rows(MesosTask task) {
        ServiceId id = task.service().orElseThrow();
        Service empty = Service.empty(id);
        Instance instance =
                empty.apply(empty.decide(new Observation.MesosTaskSeen(id, task, true, "")))
                        .live()
                        .get(task.id());
        return VipRules.ANY_LITERAL.rows(id, instance);
    }

    private static SortedMap<String, MesosTask> recorded() {
        SignalRecorder recorder = new SignalRecorder();
        Fixtures.lines("mesos/operator-api/operator-api.json").forEach(recorder::send);
        return byId(recorder);
    }

    /**
     * Two snapshots of a master: in the first all tasks run, in the second their states are those
     * that Marathon shows.
     */
    private static SortedMap<String, MesosTask> mixed() throws Exception {
        Json listing = Fixtures.json("marathon/matrix/apps-embed-tasks.json");
        JsonNode app =
                listing.at("apps").items().stream()
                        .filter(one -> one.at("id").text().equals(MIXED))
                        .findFirst()
                        .orElseThrow()
                        .node();
        SignalRecorder recorder = new SignalRecorder();
        try (SimulatedMesos mesos = SimulatedMesos.start(SimulatedMesosSettings.defaults())) {
            MesosFramework marathon = mesos.add(MesosFramework.of(0, "marathon", "10.0.5.9"));
            ListedApp shown = new ListedApp(mesos, app, LAST_ADDRESS, List.of(12_030, 12_031));
            shown.run(marathon);
            recorder.send(subscribed(mesos));
            assertThat(recorder.tasks().values())
                    .hasSize(4)
                    .allMatch(task -> task.phase() == TaskPhase.RUNNING && !task.unreachable());
            shown.becomeAsShown();
            recorder.send(subscribed(mesos));
        }
        return byId(recorder);
    }

    private static String subscribed(SimulatedMesos mesos) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String answer =
                    http.send(
                                    HttpRequest.newBuilder(mesos.url().resolve("/api/v1"))
                                            .header("Content-Type", "application/json")
                                            .POST(
                                                    HttpRequest.BodyPublishers.ofString(
                                                            "{\"type\":\"GET_STATE\"}"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            return "{\"type\":\"SUBSCRIBED\",\"subscribed\":" + answer + "}";
        }
    }

    private static SortedMap<String, MesosTask> byId(SignalRecorder recorder) {
        SortedMap<String, MesosTask> tasks = new TreeMap<>();
        recorder.tasks().values().forEach(task -> tasks.put(task.id().value(), task));
        return tasks;
    }

    private static SortedSet<String> endpoints(MesosTask task) {
        return ExpectedEndpoints.of(
                MesosPorts.of(task).ports(),
                task.mode(),
                task.agent().addresses(),
                task.addresses());
    }
}
