package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.domain.vip.BackendRules;
import io.meridian.domain.vip.LiteralRules;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.sources.http.LookupSettings;
import io.meridian.sources.json.Json;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class AppReaderTest {
    private static final Instant V1 = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void hostModePortsHaveHostPortsAndNoContainerPort() {
        ServiceDefinition definition =
                definition(
                        """
                        "networks":[{"mode":"host"}],"portDefinitions":[
                        {"port":10000,"name":"http","protocol":"tcp","labels":{"VIP_1":"b:1","VIP_0":"/web:80","vip_x":"c:2","Vip_2":"d:3","X":"y"}},
                        {"port":10001,"protocol":"udp,tcp"}]\
                        """);
        assertThat(definition.mode()).isEqualTo(NetworkMode.HOST);
        assertThat(definition.containerizer()).isEqualTo(Containerizer.MESOS);
        assertThat(definition.ports())
                .containsExactly(
                        port("http", 0, true, List.of("/web:80", "b:1", "c:2"), Protocol.TCP),
                        port("", 0, true, List.of(), Protocol.TCP, Protocol.UDP));
        assertThat(definition.refusals())
                .containsExactly(
                        "$.portDefinitions[0].labels.Vip_2: \"d:3\" has a key that starts with"
                                + " neither VIP nor vip; this VIP is not created, others are");
    }

    @Test
    void aServiceGetsItsFirstThousandVips() {
        String labels =
                IntStream.range(0, 600)
                        .mapToObj(i -> "\"VIP_%d\":\"a%d:80\"".formatted(i, i))
                        .collect(Collectors.joining(","));
        ServiceDefinition definition =
                definition(
                        "\"networks\":[{\"mode\":\"host\"}],\"portDefinitions\":[{\"labels\":{%s}},{\"labels\":{%s}}]"
                                .formatted(labels, labels));

        assertThat(definition.ports())
                .extracting(port -> port.vipLabels().size())
                .containsExactly(600, 400);
        assertThat(definition.refusals())
                .containsExactly(
                        "the service requests 1200 VIPs, more than 1000; the first 1000 are"
                                + " created, in the order of ports and keys");
    }

    /** By hand: a fault that was tried from outside, with each address that a label named. */
    @Test
    void byDefaultNoVipIsCreatedAtTheAddressOfAMachine() throws Exception {
        Json app;
        try (InputStream in =
                AppReaderTest.class.getResourceAsStream(
                        "/cases/vip-at-somebodys-own-address.json")) {
            app = Json.root(new ObjectMapper().readTree(in)).at("apps").items().getFirst();
        }
        Reading owner = AppReader.read(app);
        ServiceId service = new ServiceId("marathon", owner.path());
        VipRules rules =
                new VipRules(
                        new LiteralRules(
                                List.of(
                                        AddressRange.parse("11.0.0.0-11.255.255.255")
                                                .orElseThrow()),
                                List.of(),
                                new TreeMap<>()),
                        new BackendRules(false));

        assertThat(rules.keys(service, owner.definition()))
                .extracting(VipKey::toString)
                .containsExactly("fine.marathon:80/tcp");
        assertThat(rules.refusals(service, owner.definition()))
                .hasSize(5)
                .contains(
                        "VIP label \"10.0.4.2:80\" has an address outside vip.range, vip.range6 and"
                                + " vip.literals; this VIP is not created, others are",
                        "VIP label \"169.254.169.254:80\" has a link-local address, which cannot be"
                                + " shared; this VIP is not created, others are");
    }

    @Test
    void optionsOfAVipAreLabelsOfItsPortOrOfTheApp() {
        ServiceDefinition definition =
                definition(
                        """
                        "labels":{"MERIDIAN_VIP_SCHEDULER":"mh","MERIDIAN_VIP_DRAIN":"soon","X":"y"},
                        "networks":[{"mode":"host"}],"portDefinitions":[
                        {"labels":{"VIP_0":"/web:80","MERIDIAN_VIP_0_WEIGHT":"3","VIP_1":"b:1","MERIDIAN_VIP_1_SCHEDULER":"quick"}},
                        {"labels":{"VIP_0":"c:2","MERIDIAN_VIP_SCHEDULER":"rr"}}]\
                        """);
        assertThat(definition.ports())
                .flatExtracting(PortDefinition::vipLabels)
                .extracting(LabelledVip::toString)
                .containsExactly(
                        "{weight=3 scheduler=mh}/web:80", "{scheduler=mh}b:1", "{scheduler=rr}c:2");
        assertThat(definition.refusals())
                .containsExactly(
                        "$.portDefinitions[0].labels.MERIDIAN_VIP_1_SCHEDULER: \"quick\" is not one"
                                + " of rr, wrr, lc, wlc, sh, mh; the VIP is created without this"
                                + " option",
                        "$.labels.MERIDIAN_VIP_DRAIN: \"soon\" is not a time from 0 to 24h, such as"
                                + " 90s, 5m or 1h; the VIP is created without this option");
    }

    @Test
    void aLabelOfTheAppRequestsAVipForAHostPort() {
        ServiceDefinition definition =
                definition(
                        """
                        "labels":{"vip_PORT1":"udp://dns:53","vip_port0":"tcp://1.2.3.4:80","vip_port2":"tcp://x:1"},
                        "networks":[{"mode":"container","name":"dcos"}],"container":{"portMappings":[
                        {"containerPort":80,"hostPort":0,"labels":{"VIP_0":"/web:80"}},{"containerPort":81},{"containerPort":53,"hostPort":0}]}\
                        """);
        assertThat(definition.ports())
                .extracting(port -> port.vipLabels().toString())
                .containsExactly(
                        "[/web:80, {protocol=tcp}1.2.3.4:80]", "[]", "[{protocol=udp}dns:53]");
        assertThat(definition.refusals())
                .containsExactly(
                        "$.labels.vip_port2: \"x:1\" is for host port 2, counted from 0, and there"
                                + " are 2; this VIP is not created, others are");
    }

    @Test
    void bridgePortsAlwaysHaveHostPortsContainerPortsOnlyWhereMapped() {
        String mappings =
                "\"container\":{\"type\":\"DOCKER\",\"portMappings\":[{\"containerPort\":80,\"name\":\"a\"},"
                    + "{\"containerPort\":81,\"hostPort\":0,\"name\":\"b\"},{\"containerPort\":0,\"hostPort\":31000}]}";
        assertThat(definition("\"networks\":[{\"mode\":\"container/bridge\"}]," + mappings).ports())
                .extracting(PortDefinition::hasHostPort)
                .containsExactly(true, true, true);
        ServiceDefinition overlay =
                definition("\"networks\":[{\"mode\":\"container\",\"name\":\"dcos\"}]," + mappings);
        assertThat(overlay.ports())
                .extracting(PortDefinition::hasHostPort)
                .containsExactly(false, true, true);
        assertThat(overlay.ports())
                .extracting(PortDefinition::containerPort)
                .containsExactly(80, 81, 0);
        assertThat(overlay.containerizer()).isEqualTo(Containerizer.DOCKER);
    }

    @Test
    void aPortThatCannotBeReadKeepsItsPlaceAndPublishesNothing() {
        ServiceDefinition definition =
                definition(
                        """
                        "networks":[{"mode":"container/bridge"}],"container":{"portMappings":[
                        {"containerPort":80,"protocol":"sctp"},{"containerPort":70000},{"containerPort":90,"labels":{"VIP_0":5,"VIP_1":"w:1"}}]}\
                        """);
        assertThat(definition.ports())
                .containsExactly(
                        port("", 0, true, List.of()),
                        port("", 0, true, List.of()),
                        port("", 90, true, List.of("w:1"), Protocol.TCP));
        assertThat(definition.refusals())
                .containsExactly(
                        "$.container.portMappings[0].protocol: \"sctp\" is not tcp, udp or udp,tcp;"
                                + " this port publishes nothing",
                        "$.container.portMappings[1].containerPort: 70000 must be between 0 and"
                                + " 65535; this port publishes nothing",
                        "$.container.portMappings[2].labels.VIP_0: 5 is not a string; this VIP is"
                                + " not created, others are");
    }

    @Test
    void anUnknownNetworkModePublishesNoPort() {
        ServiceDefinition definition =
                definition(
                        "\"networks\":[{\"mode\":\"quantum\"}],\"portDefinitions\":[{\"port\":1}]");
        assertThat(definition.ports()).isEmpty();
        assertThat(definition.refusals())
                .singleElement()
                .asString()
                .contains("networks[0].mode", "no port is published");
    }

    @Test
    void oldPortsAreJustServicePorts() {
        assertThat(definition("\"ports\":[10001,10002]").ports())
                .containsExactly(
                        port("", 0, true, List.of(), Protocol.TCP),
                        port("", 0, true, List.of(), Protocol.TCP));
    }

    @Test
    void scalingKeepsConfigSince() {
        ServiceDefinition scaled =
                definition(
                        "\"versionInfo\":{\"lastScalingAt\":\"2026-01-01T00:00:00.000Z\",\"lastConfigChangeAt\":\"2025-06-01T00:00:00.123456Z\"}");
        assertThat(scaled.version()).isEqualTo(V1);
        assertThat(scaled.configSince()).isEqualTo(Instant.parse("2025-06-01T00:00:00.123Z"));
        assertThat(definition("").configSince()).isEqualTo(V1);
        assertThat(
                        definition(
                                        "\"versionInfo\":{\"lastConfigChangeAt\":\"2027-01-01T00:00:00Z\"}")
                                .configSince())
                .isEqualTo(V1);
    }

    @Test
    void healthChecksGateTrafficAndUnknownFieldsAreIgnored() {
        assertThat(
                        definition(
                                        "\"healthChecks\":[{\"protocol\":\"COMMAND\"}],\"unreachableStrategy\":\"disabled\","
                                            + "\"readinessChecks\":[{\"name\":\"r\"}],\"residency\":{}")
                                .healthChecked())
                .containsExactly("");
        assertThat(
                        definition(
                                        "\"healthChecks\":[],\"unreachableStrategy\":{\"inactiveAfterSeconds\":0}")
                                .healthChecked())
                .isEmpty();
    }

    @Test
    void aListedTaskIsASightingOfIts() {
        TaskSighting task = task("TASK_RUNNING", "");
        assertThat(task.instance()).isEqualTo("web.instance-1");
        assertThat(task.phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(task.agent().host()).isEqualTo("agent1.example.org");
        assertThat(task.agent().addresses()).isEmpty();
        assertThat(task.addresses())
                .containsExactly(IpAddress.literal("9.0.0.1"), IpAddress.literal("fd01::1"));
        assertThat(task.hostPorts()).containsExactly(31000, 31001);
        assertThat(task.version()).isEqualTo(V1);
        assertThat(task.health()).isEqualTo(Health.UNKNOWN);
    }

    @Test
    void addressesCountOnlyWhileTheTaskRuns() {
        assertThat(task("TASK_STARTING", "").addresses()).isEmpty();
        assertThat(task("TASK_KILLING", "").addresses()).isEmpty();
    }

    @Test
    void anUnreachableTaskThatNeverRanIsNotRunning() {
        assertThat(task("TASK_UNREACHABLE", "").phase()).isEqualTo(TaskPhase.STARTING);
        assertThat(task("TASK_UNREACHABLE", ",\"startedAt\":\"2026-01-01T00:00:00.000Z\"").phase())
                .isEqualTo(TaskPhase.RUNNING);
        assertThat(task("TASK_UNREACHABLE", "").unreachable()).isTrue();
    }

    @Test
    void oneBadResultIsUnhealthyAndNoResultIsUnknown() {
        assertThat(
                        task(
                                        "TASK_RUNNING",
                                        ",\"healthCheckResults\":[{\"alive\":true},{\"alive\":false}]")
                                .health())
                .isEqualTo(Health.UNHEALTHY);
        assertThat(task("TASK_RUNNING", ",\"healthCheckResults\":[{\"alive\":true}]").health())
                .isEqualTo(Health.HEALTHY);
        assertThat(task("TASK_RUNNING", ",\"healthCheckResults\":[]").health())
                .isEqualTo(Health.UNKNOWN);
    }

    @Test
    void anUnreadableTaskIsKeptAndTheOthersAreRead() {
        Reading reading =
                app(
                        "\"tasks\":[{\"id\":\"web.instance-1._app.1\",\"state\":\"TASK_TELEPORTED\"},"
                            + "{\"id\":\"web.instance-2._app.1\",\"state\":\"TASK_RUNNING\",\"ipAddresses\":[{\"ipAddress\":\"10.0.4.300\"}]},"
                            + "{\"id\":\"web.instance-3._app.1\",\"state\":\"TASK_RUNNING\"}]");
        assertThat(reading.tasks())
                .extracting(task -> task.task().value() + " " + task.phase())
                .containsExactly("web.instance-3._app.1 RUNNING");
        assertThat(reading.gaps().unread())
                .containsExactly(
                        new TaskId("web.instance-1._app.1"), new TaskId("web.instance-2._app.1"));
        assertThat(reading.gaps().nameless()).isFalse();
        assertThat(reading.faults())
                .containsExactly(
                        "$.tasks[0].state: \"TASK_TELEPORTED\" is not a state that is known here;"
                                + " task web.instance-1._app.1 is kept as it was",
                        "$.tasks[1].ipAddresses[0].ipAddress: \"10.0.4.300\" is not an address;"
                                + " task web.instance-2._app.1 is kept as it was");
        assertThat(reading.definition().refusals()).isEqualTo(reading.faults());
    }

    @Test
    void aTaskWithoutIdBlocksOnlyTheEndOfTheServicesTasks() {
        Reading reading =
                app("\"tasks\":[{},{\"id\":\"web.instance-3._app.1\",\"state\":\"TASK_RUNNING\"}]");
        assertThat(reading.tasks()).hasSize(1);
        assertThat(reading.gaps().nameless()).isTrue();
        assertThat(reading.definition().refusals())
                .containsExactly(
                        "$.tasks[0].id: is missing; no task of this service counts as ended because"
                                + " a listing lacks it");
        assertThat(app("\"tasksRunning\":1,\"tasksStaged\":0").gaps().nameless())
                .as("an omitted list")
                .isTrue();
        assertThat(app("\"tasks\":7").gaps().nameless()).isTrue();
    }

    @Test
    void aTaskWithARefusedIdCostsItselfOnly() {
        Reading reading =
                app(
                        "\"tasks\":[{\"id\":\"a\\u0000b\",\"state\":\"TASK_RUNNING\"},"
                                + "{\"id\":\"web.instance-3._app.1\",\"state\":\"TASK_RUNNING\"}]");
        assertThat(reading.tasks()).hasSize(1);
        assertThat(reading.gaps()).isEqualTo(Observation.Gaps.NONE);
        assertThat(reading.definition().refusals())
                .containsExactly(
                        "$.tasks[0].id: \"a\\u0000b\" has the control character U+0000 at position"
                                + " 1; this task is left out");
    }

    @Test
    void ofManyFaultsTheFirstFiveAreSaid() {
        Reading reading = app("\"tasks\":[" + "{},".repeat(7) + "{}]");
        assertThat(reading.faults()).hasSize(6);
        assertThat(reading.faults().getLast()).isEqualTo("and 3 more tasks that cannot be read");
    }

    /** Case marathon-without-task-state. */
    @Test
    void anAppOfAnOldMarathonIsServed() {
        ListingReader.Part part =
                ListingReader.apps(
                        getClass()
                                .getResourceAsStream(
                                        "/cases/marathon-without-task-state/apps.json"));
        assertThat(part.refused()).isEmpty();
        AgentAddresses agents =
                new AgentAddresses(
                        new LookupSettings(
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(1)),
                        Duration.ofMinutes(1));
        List<ZoneRow> rows = new ArrayList<>();
        for (Reading reading : part.readings()) {
            ServiceId id = new ServiceId("marathon", reading.path());
            assertThat(reading.faults()).isEmpty();
            Service empty = Service.empty(id);
            Service service =
                    empty.apply(
                            empty.decide(
                                    new Observation.Listed(
                                            id,
                                            reading.definition(),
                                            agents.addressed(id, reading, Instant.EPOCH),
                                            true,
                                            false)));
            service.live()
                    .values()
                    .forEach(one -> rows.addAll(NamingRules.of("mesos").rows(id, one)));
        }
        assertThat(rows)
                .extracting(row -> row.name() + " " + row.type() + " " + row.data())
                .contains("web.marathon.mesos A 10.0.4.1")
                .anyMatch(row -> row.startsWith("_web._tcp.marathon.mesos SRV 0 1 31866 "))
                .noneMatch(row -> row.contains("staged"));
    }

    @Test
    void beforeMarathon112AStartedTaskRuns() {
        assertThat(
                        app("\"tasks\":[{\"id\":\"web.1\",\"startedAt\":\"2015-01-01T00:00:00.000Z\"},"
                                + "{\"id\":\"web.2\",\"stagedAt\":\"2015-01-01T00:00:00.000Z\"}]")
                                .tasks())
                .extracting(TaskSighting::phase)
                .containsExactly(TaskPhase.RUNNING, TaskPhase.STAGING);
    }

    @Test
    void anAppWithoutIdIsRefused() {
        assertThatThrownBy(() -> AppReader.read(json("{\"tasks\":[]}")))
                .hasMessage("path=$.id: is missing");
        assertThat(app("\"tasksRunning\":0,\"tasksStaged\":0").tasks()).isEmpty();
    }

    @Test
    void aListingIsACompleteObjectWithApps() {
        assertThatThrownBy(() -> apps("{}")).hasMessage("path=$.apps: is missing");
        assertThatThrownBy(() -> apps("{\"apps\":null}"))
                .hasMessage("path=$.apps: is not an array");
        assertThatThrownBy(() -> apps("[]")).hasMessage("path=$: is not an object");
        assertThatThrownBy(() -> apps("<html>")).hasMessageContaining("is not JSON");
        assertThatThrownBy(() -> apps("{\"apps\":[{\"id\":\"/a\",\"tasks\":[]}"))
                .hasMessageContaining("is not JSON");
        assertThat(apps("{\"x\":{\"apps\":[]},\"apps\":[]}").readings()).isEmpty();
        ListingReader.Part part = apps("{\"apps\":[{\"id\":\"/a\",\"tasks\":[]},{\"id\":7}]}");
        assertThat(part.readings()).extracting(Reading::path).containsExactly("/a");
        assertThat(part.refused()).containsExactly("path=$.apps[1].id: 7 is not a string");
        assertThat(part.nameless()).isTrue();
    }

    @Test
    void anAppWithARefusedIdCostsItselfOnly() {
        ListingReader.Part part =
                apps(
                        "{\"apps\":[{\"id\":\"/a\\u0000\",\"tasks\":[]},{\"id\":\"/b\\ud800\"},{\"id\":\"/"
                                + "c".repeat(1024)
                                + "\"},{\"id\":\"/a\",\"tasks\":[]}]}");
        assertThat(part.readings()).extracting(Reading::path).containsExactly("/a");
        assertThat(part.refused()).hasSize(3);
        assertThat(part.refused().getFirst())
                .isEqualTo(
                        "path=$.apps[0].id: \"/a\\u0000\" has the control character U+0000 at"
                                + " position 2");
        assertThat(part.nameless()).isFalse();
    }

    @Test
    void bytesThatAreNotUtf8CostTheirTextOnly() {
        byte[] bytes =
                "{\"apps\":[{\"id\":\"/a\",\"tasks\":[],\"portDefinitions\":[{\"name\":\"x?\"}]}]}"
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        bytes[new String(bytes, java.nio.charset.StandardCharsets.UTF_8).indexOf('?')] =
                (byte) 0xff;
        ListingReader.Part part = ListingReader.apps(new java.io.ByteArrayInputStream(bytes));
        assertThat(part.readings().getFirst().definition().ports().getFirst().name())
                .isEqualTo("x\uFFFD");
    }

    @TestFactory
    Stream<DynamicTest> legacyAndCanonicalFormsAreTheSameDefinition() {
        return Fixtures.json("marathon/apps/synthetic-legacy-canonical-pairs.json")
                .at("pairs")
                .items()
                .stream()
                .map(
                        pair ->
                                dynamicTest(
                                        pair.at("name").text(),
                                        () -> {
                                            ServiceDefinition legacy =
                                                    AppReader.definition(pair.at("legacy"));
                                            ServiceDefinition canonical =
                                                    AppReader.definition(pair.at("canonical"));
                                            assertThat(legacy).isEqualTo(canonical);
                                            assertThat(legacy.ports()).isNotEmpty();
                                        }));
    }

    @TestFactory
    Stream<DynamicTest> definitionsOfRealAppsAreReadWithoutRefusal() {
        return Fixtures.sharedFiles("marathon/apps", "(sys|gomarathon)-.*\\.json").stream()
                .map(
                        file ->
                                dynamicTest(
                                        file.getFileName().toString(),
                                        () ->
                                                assertThat(
                                                                AppReader.definition(
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

    @TestFactory
    Stream<DynamicTest> recordedListingsAreReadWhole() {
        return Fixtures.files("marathon-captures", "\\d\\d.*\\.(apps|pods-status)\\.json(\\.gz)?")
                .stream()
                .map(
                        file ->
                                dynamicTest(
                                        file.getParent().getParent().getFileName()
                                                + "/"
                                                + file.getFileName(),
                                        () -> whole(file)));
    }

    private static void whole(Path file) {
        InputStream bytes = Fixtures.stream(file);
        ListingReader.Part part =
                file.toString().contains(".apps.")
                        ? ListingReader.apps(bytes)
                        : ListingReader.pods(bytes);
        assertThat(part.refused()).isEmpty();
        assertThat(part.readings())
                .allSatisfy(
                        reading -> {
                            assertThat(reading.faults()).isEmpty();
                            assertThat(reading.definition().refusals()).isEmpty();
                        });
    }

    private static ListingReader.Part apps(String body) {
        return ListingReader.apps(Fixtures.of(body));
    }

    private static TaskSighting task(String state, String more) {
        return app("\"tasks\":[{\"id\":\"web.instance-1._app.1\",\"host\":\"agent1.example.org\",\"slaveId\":\"S1\",\"state\":\""
                        + state
                        + "\",\"ipAddresses\":[{\"ipAddress\":\"9.0.0.1\"},{\"ipAddress\":\"fd01::1\"}],\"ports\":[31000,31001],"
                        + "\"version\":\"2026-01-01T00:00:00.000Z\""
                        + more
                        + "}]")
                .tasks()
                .getFirst();
    }

    private static Reading app(String fields) {
        return AppReader.read(
                json("{\"id\":\"/web\",\"version\":\"2026-01-01T00:00:00.000Z\"," + fields + "}"));
    }

    private static ServiceDefinition definition(String fields) {
        String more = fields.isEmpty() ? "" : "," + fields;
        return AppReader.definition(
                json("{\"id\":\"/web\",\"version\":\"2026-01-01T00:00:00.000Z\"" + more + "}"));
    }

    private static Json json(String text) {
        return ListingReader.tree(Fixtures.of(text));
    }

    private static PortDefinition port(
            String name, int containerPort, boolean hostPort, List<String> vips, Protocol... of) {
        return new PortDefinition(
                "",
                name,
                new TreeSet<>(List.of(of)),
                containerPort,
                hostPort,
                vips.stream().map(LabelledVip::of).toList());
    }
}
