package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

class PodReaderTest {
    @Test
    void everyActiveContainerIsATask() {
        Reading pod = pod("true", "");
        assertThat(pod.path()).isEqualTo("/p");
        assertThat(pod.kind()).isEqualTo(ServiceKind.POD);
        assertThat(pod.tasks()).extracting(TaskSighting::container).containsExactly("web", "side");
        TaskSighting web = pod.tasks().getFirst();
        assertThat(web.instance()).isEqualTo("p.instance-1");
        assertThat(web.version()).isEqualTo(Instant.parse("2026-01-01T00:00:00.123Z"));
        assertThat(web.addresses())
                .containsExactly(
                        IpAddress.literal("9.0.0.1"),
                        IpAddress.literal("fd01::1"),
                        IpAddress.literal("9.1.0.1"));
        assertThat(web.hostPorts()).containsExactly(31000);
        assertThat(pod.tasks().getLast().phase()).isEqualTo(TaskPhase.STARTING);
        assertThat(pod.tasks().getLast().addresses()).isEmpty();
        assertThat(pod.faults()).isEmpty();
    }

    @Test
    void endpointsArePortsOfTheirContainer() {
        var definition = pod("true", "").definition();
        assertThat(definition.mode()).isEqualTo(NetworkMode.CONTAINER);
        assertThat(definition.healthChecked()).containsExactly("web");
        assertThat(definition.ports())
                .extracting(
                        PortDefinition::container,
                        PortDefinition::name,
                        PortDefinition::hasHostPort)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("web", "inner", false),
                        org.assertj.core.groups.Tuple.tuple("web", "http", true));
        assertThat(definition.ports().getLast().vipLabels())
                .containsExactly(LabelledVip.of("/p:80"));
        assertThat(definition.refusals()).isEmpty();
    }

    @Test
    void optionsOfAVipMayBeLabelsOfEndpointContainerAndPod() {
        String pod =
                """
                {"id":"/p","version":"2026-02-01T00:00:00.000Z","networks":[{"mode":"container/bridge"}],
                "labels":{"MERIDIAN_VIP_SCHEDULER":"rr","MERIDIAN_VIP_DRAIN":"1","vip_port0":"tcp://lost:1"},
                "containers":[
                  {"name":"a","labels":{"MERIDIAN_VIP_DRAIN":"2","vip_port0":"tcp://a:1"},"endpoints":[
                    {"name":"http","containerPort":80,"hostPort":0,"labels":{"VIP_0":"/p:80","MERIDIAN_VIP_0_AFFINITY":"3"}}]},
                  {"name":"b","endpoints":[{"name":"http","containerPort":81,"hostPort":0,"labels":{"VIP_0":"/q:80"}}]}]}\
                """;
        var definition = PodReader.definition(ListingReader.tree(Fixtures.of(pod)));
        assertThat(definition.ports())
                .extracting(port -> port.vipLabels().toString())
                .containsExactly(
                        "[{scheduler=rr affinity=3 drain=2}/p:80, {protocol=tcp scheduler=rr"
                                + " drain=2}a:1]",
                        "[{scheduler=rr drain=1}/q:80]");
        assertThat(definition.refusals())
                .containsExactly(
                        "$.labels.vip_port0: \"lost:1\" is for host port 0, counted from 0, and"
                                + " there are 0; this VIP is not created, others are");
    }

    @Test
    void healthComesFromEndpointsAndConditions() {
        assertThat(health("true", "")).isEqualTo(Health.HEALTHY);
        assertThat(health("true", ",\"healthy\":false")).isEqualTo(Health.UNHEALTHY);
        assertThat(health("false", ",\"healthy\":true")).isEqualTo(Health.UNHEALTHY);
        assertThat(pod("true", "").tasks().getLast().health()).isEqualTo(Health.UNKNOWN);
    }

    @TestFactory
    Stream<DynamicTest> realPodsAreReadWithoutRefusal() {
        return Fixtures.sharedFiles("marathon/pods", ".*\\.json").stream()
                .map(
                        file ->
                                dynamicTest(
                                        file.getFileName().toString(),
                                        () ->
                                                assertThat(
                                                                PodReader.definition(
                                                                                ListingReader.tree(
                                                                                        Fixtures
                                                                                                .stream(
                                                                                                        file)))
                                                                        .refusals())
                                                        .filteredOn(
                                                                refusal ->
                                                                        !refusal.startsWith(
                                                                                "$.version"))
                                                        .isEmpty()));
    }

    @Test
    void podsOfAnOldClientsSamplesAreRead() {
        assertThat(
                        ListingReader.pods(
                                        Fixtures.stream("marathon/api/gomarathon-pods-status.json"))
                                .readings())
                .singleElement()
                .satisfies(pod -> assertThat(pod.tasks()).hasSize(1));
    }

    private static Health health(String condition, String endpoint) {
        return pod(condition, endpoint).tasks().getFirst().health();
    }

    private static Reading pod(String condition, String endpoint) {
        String pod =
                """
                {"id":"/p","spec":{"id":"/p","version":"2026-02-01T00:00:00.000Z","networks":[{"mode":"container","name":"dcos"}],
                "containers":[
                  {"name":"web","healthCheck":{"http":{"endpoint":"http"}},"endpoints":[
                    {"name":"inner","containerPort":9000,"protocol":["tcp"]},
                    {"name":"http","containerPort":80,"hostPort":0,"protocol":["tcp","udp"],"labels":{"VIP_0":"/p:80"}}]},
                  {"name":"side"}]},
                "instances":[{"id":"p.instance-1","agentId":"S1","agentHostname":"10.0.0.4","specReference":"/v2/pods/p::versions/2026-01-01T00:00:00.123456789Z",
                  "networks":[{"name":"dcos","addresses":["9.0.0.1","fd01::1"]},{"name":"b","addresses":["9.1.0.1"]}],
                  "containers":[
                    {"name":"web","status":"TASK_RUNNING","containerId":"p.instance-1.web.1","conditions":[{"name":"healthy","value":"%s"}],
                     "endpoints":[{"name":"inner"},{"name":"http","allocatedHostPort":31000%s}]},
                    {"name":"side","status":"TASK_STARTING","containerId":"p.instance-1.side.1","endpoints":[]},
                    {"name":"old","status":"TASK_FINISHED","endpoints":[]}]}]}\
                """
                        .formatted(condition, endpoint);
        List<Reading> pods = ListingReader.pods(Fixtures.of("[" + pod + "]")).readings();
        assertThat(pods).hasSize(1);
        return pods.getFirst();
    }
}
