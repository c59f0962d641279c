package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.sources.ArbitraryJson;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Whatever a Mesos master sends, no event and no row has text that the journal refuses. */
class ArbitraryMesosLawTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final NamingRules NAMES = NamingRules.of("mesos");
    private static final String TASK =
            """
            {"task_id":{"value":"t%d"},"framework_id":{"value":"F%d"},"agent_id":{"value":"S1"},"name":"web","state":"TASK_RUNNING",
            "discovery":{"name":"web.shop","ports":{"ports":[{"number":31000,"protocol":"tcp","name":"http","labels":{"labels":[{"key":"VIP_0","value":"/web:80"}]}}]}},
            "container":{"type":"DOCKER","docker":{"network":"BRIDGE","port_mappings":[{"host_port":31000,"container_port":80,"protocol":"tcp"}]}},
            "resources":[{"name":"ports","ranges":{"range":[{"begin":31000,"end":31001}]}}],"labels":{"labels":[{"key":"VIP_PORT0","value":"/x:1"}]},
            "statuses":[{"task_id":{"value":"t%d"},"state":"TASK_RUNNING","timestamp":1.5,"healthy":true,"container_status":
            {"network_infos":[{"name":"dcos","ip_addresses":[{"ip_address":"9.0.0.1"}]}]},"labels":{"labels":[{"key":"Docker.NetworkSettings.IPAddress","value":"172.17.0.2"}]}}]}
            """;

    private final Map<ServiceId, Service> services = new HashMap<>();
    private MesosCluster cluster = MesosCluster.empty();
    private String when = "";

    @Test
    void noEventOrRowOfArbitraryDocumentsHasTextThatTheJournalRefuses() throws Exception {
        for (long seed = 0; seed < 1500; seed++) {
            Random random = new Random(seed);
            when = "seed " + seed;
            services.clear();
            SignalRecorder recorder =
                    new SignalRecorder(
                            random.nextBoolean() ? Optional.of("marathon") : Optional.empty());
            String framework =
                    Documents.framework("F1", random.nextBoolean() ? "marathon" : "kafka");
            String state =
                    Documents.subscribed(
                            List.of(Documents.agent("S1"), Documents.agent("S2")),
                            List.of(),
                            List.of(framework, Documents.framework("F2", "spark")),
                            List.of(TASK.formatted(0, 1, 0), TASK.formatted(1, 2, 1)));
            recorder.send(changed(state, random));
            recorder.send(changed(Documents.taskAdded(TASK.formatted(2, 1, 2)), random));
            recorder.send(changed(Documents.agentAdded("S3"), random));
            apply(recorder);
        }
    }

    /** Case B3: JSON text with NUL in names. */
    @Test
    void tasksWhoseNamesHoldControlCharactersAreTasksLikeAnyOther() {
        SignalRecorder recorder = new SignalRecorder();
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            tasks.add(TASK.formatted(i, 1, i).replace("web.shop", "bad\\u0000" + i));
        }
        tasks.add(TASK.formatted(10, 1, 10));
        recorder.send(
                Documents.subscribed(
                        List.of(Documents.agent("S1")),
                        List.of(),
                        List.of(Documents.framework("F1", "ka\\nfka")),
                        tasks));
        apply(recorder);
        assertThat(services.keySet())
                .extracting(ServiceId::toString)
                .hasSize(11)
                .contains("ka\uFFFDfka:bad\uFFFD0", "ka\uFFFDfka:web.shop");
        assertThat(NAMES.rows(services.keySet().iterator().next(), any())).isNotEmpty();
    }

    /** A refused id names no known task, so the state is whole; one without id may be any. */
    @Test
    void onlyAnEntryWithoutIdKeepsTasksThatAStateLacks() {
        for (boolean nameless : new boolean[] {true, false}) {
            SignalRecorder recorder = new SignalRecorder();
            recorder.send(state(TASK.formatted(0, 1, 0), TASK.formatted(1, 1, 1)));
            recorder.signals.clear();
            String bad =
                    TASK.formatted(7, 1, 7).replace("\"t7\"", nameless ? "\"\"" : "\"a\\u0000b\"");
            recorder.send(state(TASK.formatted(0, 1, 0), bad));
            recorder.signals.clear();
            recorder.fold.list(recorder.now);
            SourceSignal.ListedAll listed = (SourceSignal.ListedAll) recorder.signals.getFirst();
            assertThat(listed.exceptions().nameless()).isEqualTo(nameless);
            assertThat(listed.exceptions().sentences()).hasSize(1);
            assertThat(SignalRecorder.ids(List.of(listed)))
                    .containsExactlyInAnyOrderElementsOf(
                            nameless ? List.of("t0", "t1") : List.of("t0"));
        }
    }

    private static String state(String... tasks) {
        return Documents.subscribed(
                List.of(Documents.agent("S1")),
                List.of(),
                List.of(Documents.framework("F1", "kafka")),
                List.of(tasks));
    }

    private io.meridian.domain.service.Instance any() {
        return services.values().iterator().next().live().values().iterator().next();
    }

    private static String changed(String document, Random random) throws Exception {
        JsonNode tree = JSON.readTree(document);
        return JSON.writeValueAsString(ArbitraryJson.changed(tree, random));
    }

    private void apply(SignalRecorder recorder) {
        for (SourceSignal signal : recorder.signals) {
            switch (signal) {
                case SourceSignal.Observed(Observation observation) -> apply(observation);
                case SourceSignal.ListedAll all -> {
                    ArbitraryJson.assertStorable(all.exceptions(), when);
                    all.services().forEach(this::apply);
                }
                case SourceSignal.ClusterObserved(ClusterClaim claim) -> {
                    List<ClusterEvent> events = cluster.decide(claim);
                    ArbitraryJson.assertStorable(events, when);
                    cluster = cluster.apply(events);
                }
                default -> {}
            }
        }
        cluster.agents()
                .values()
                .forEach(
                        one ->
                                ArbitraryJson.assertStorable(
                                        List.copyOf(NAMES.cluster().rows(one)), when));
        cluster.frameworks()
                .values()
                .forEach(
                        one ->
                                ArbitraryJson.assertStorable(
                                        List.copyOf(NAMES.cluster().rows(one)), when));
        cluster = MesosCluster.empty();
    }

    private void apply(Observation observation) {
        ServiceId id = observation.service();
        Service before = services.getOrDefault(id, Service.empty(id));
        List<ServiceEvent> events = before.decide(observation);
        ArbitraryJson.assertStorable(events, when);
        Service after = before.apply(events);
        services.put(id, after);
        List<Object> rows = new ArrayList<>();
        after.live().values().stream()
                // An arbitrary range of ports may be all of them: too many records for this test.
                .filter(one -> one.mesos().map(facts -> facts.hostPorts().size()).orElse(0) < 100)
                .forEach(
                        one -> {
                            rows.addAll(NAMES.rows(id, one));
                            rows.addAll(VipRules.ANY_LITERAL.rows(id, one));
                            rows.addAll(VipRules.ANY_LITERAL.refusals(id, one));
                        });
        ArbitraryJson.assertStorable(rows, when);
    }
}
