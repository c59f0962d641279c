package io.meridian.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.domain.lb.Admission;
import io.meridian.domain.lb.CheckPorts;
import io.meridian.domain.lb.DeploymentGroups;
import io.meridian.domain.lb.HealthCheck;
import io.meridian.domain.lb.HealthMemory;
import io.meridian.domain.lb.LabelValues;
import io.meridian.domain.lb.LbApp;
import io.meridian.domain.lb.LbRules;
import io.meridian.domain.lb.LbTask;
import io.meridian.domain.lb.Names;
import io.meridian.domain.lb.Problem;
import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.Route;
import io.meridian.domain.lb.Server;
import io.meridian.domain.lb.ServicePorts;
import io.meridian.domain.lb.ServicePorts.PortRange;
import io.meridian.domain.lb.Text;
import io.meridian.lb.marathon.AppsDocument;
import io.meridian.testkit.NeedsSharedFixtures;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** The functions of Marathon-LB, as recorded from the real program. */
@NeedsSharedFixtures
class SharedVectorsTest {
    private interface Check {
        void of(JsonNode input, JsonNode output) throws RefusedException;
    }

    private static Stream<DynamicTest> each(String file, Check check) {
        return Vectors.of(file)
                .map(
                        vector ->
                                DynamicTest.dynamicTest(
                                        vector.path("input").toString(),
                                        () -> {
                                            JsonNode output = vector.path("output");
                                            if (Vectors.fails(vector)) {
                                                assertThatExceptionOfType(RefusedException.class)
                                                        .isThrownBy(
                                                                () ->
                                                                        check.of(
                                                                                vector.path(
                                                                                        "input"),
                                                                                output));
                                            } else {
                                                check.of(vector.path("input"), output);
                                            }
                                        }));
    }

    @TestFactory
    Stream<DynamicTest> anAuthLabelHasThreeParts() {
        return each(
                "auth-label",
                (input, output) -> {
                    LabelValues.Auth auth = LabelValues.Auth.of("AUTH", input.textValue());
                    assertThat(List.of(auth.realm(), auth.user(), auth.password()))
                            .isEqualTo(
                                    List.of(
                                            output.path("realm").textValue(),
                                            output.path("user").textValue(),
                                            output.path("passwd").textValue()));
                });
    }

    @TestFactory
    Stream<DynamicTest> fourWordsAreTrue() {
        return each(
                "booleans",
                (input, output) ->
                        assertThat(LabelValues.bool(input.textValue()))
                                .isEqualTo(output.booleanValue()));
    }

    @TestFactory
    Stream<DynamicTest> integersAreReadAsPythonDoes() {
        return each(
                "integers",
                (input, output) ->
                        assertThat(LabelValues.integer("PORT", input.textValue()))
                                .isEqualTo(output.bigIntegerValue()));
    }

    @TestFactory
    Stream<DynamicTest> groupsMatchByEqualNames() {
        return each(
                "group-match",
                (input, output) ->
                        assertThat(
                                        LabelValues.serves(
                                                Vectors.texts(input.path("lb")),
                                                Vectors.texts(input.path("app"))))
                                .isEqualTo(output.booleanValue()));
    }

    @TestFactory
    Stream<DynamicTest> vhostsAreLowerCase() {
        return each(
                "vhost-lower",
                (input, output) ->
                        assertThat(Text.lower(input.textValue())).isEqualTo(output.textValue()));
    }

    @TestFactory
    Stream<DynamicTest> theFirstCheckThatNamesAPortOrTheIndexIsChosen() {
        return each(
                "health-check-choice",
                (input, output) -> {
                    List<HealthCheck> checks = new ArrayList<>();
                    input.path("healthChecks")
                            .forEach(check -> checks.add(new HealthCheck(object(check))));
                    HealthCheck chosen =
                            HealthCheck.choose(checks, input.path("index").bigIntegerValue());
                    assertThat(chosen)
                            .isSameAs(output.isNull() ? null : checks.get(output.intValue()));
                });
    }

    private static Map<String, Object> object(JsonNode node) {
        Map<String, Object> members = new LinkedHashMap<>();
        node.properties().forEach(m -> members.put(m.getKey(), Vectors.plain(m.getValue())));
        return members;
    }

    @TestFactory
    Stream<DynamicTest> namesFollowFromAppAndPortAndFirstHost() {
        return each(
                "names",
                (input, output) -> {
                    String app = input.path("appId").textValue();
                    String host = input.path("vhostLabel").textValue().split(",", -1)[0];
                    assertThat(Names.backend(app, input.path("servicePort").bigIntegerValue()))
                            .isEqualTo(output.path("backend").textValue());
                    assertThat(Names.acl(host, app)).isEqualTo(output.path("aclName").textValue());
                    assertThat(Text.cleaned(app))
                            .isEqualTo(output.path("cleanedUpAppId").textValue());
                });
    }

    @TestFactory
    Stream<DynamicTest> serversAreNamedByHostAddressAndPort() {
        return each(
                "server-names-cookies",
                (input, output) -> {
                    Server server =
                            new Server(
                                    input.path("host").textValue(),
                                    input.path("ip").textValue(),
                                    input.path("port").intValue(),
                                    false,
                                    "t");
                    assertThat(server.name()).isEqualTo(output.path("serverName").textValue());
                    assertThat(Server.id(server.name(), new HashSet<>()))
                            .isEqualTo(output.path("serverId").intValue());
                    assertThat(Server.cookie(server.name()))
                            .isEqualTo(output.path("cookie").textValue());
                });
    }

    @TestFactory
    Stream<DynamicTest> serverIdsAreUniqueInABackend() {
        return Vectors.of("server-ids")
                .filter(vector -> !vector.path("output").path(0).has("error"))
                .map(
                        vector ->
                                DynamicTest.dynamicTest(
                                        vector.path("input").path(0).toString(),
                                        () -> {
                                            Set<Integer> taken = new HashSet<>();
                                            assertThat(
                                                            Vectors.texts(vector.path("input"))
                                                                    .stream()
                                                                    .map(n -> Server.id(n, taken))
                                                                    .map(BigInteger::valueOf)
                                                                    .toList())
                                                    .isEqualTo(
                                                            Vectors.integers(
                                                                    vector.path("output")));
                                        }));
    }

    @TestFactory
    Stream<DynamicTest> theCheckPortIsTheSiblingsAtTheSamePosition() {
        return Vectors.of("check-port")
                .map(
                        vector ->
                                DynamicTest.dynamicTest(
                                        vector.path("input").toString(), () -> checkPort(vector)));
    }

    private static void checkPort(JsonNode vector) throws RefusedException {
        JsonNode services = vector.path("input").path("services");
        JsonNode which = services.path(vector.path("input").path("which").intValue());
        List<List<Integer>> siblings = new ArrayList<>();
        for (JsonNode service : services) {
            if (service.path(0).equals(which.path(0))) {
                siblings.add(portsOf(service));
            }
        }
        BigInteger index = which.path(3).isNull() ? null : which.path(3).bigIntegerValue();
        boolean fails = false;
        for (JsonNode port : vector.path("output")) {
            fails |= port.has("error");
        }
        if (fails) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> CheckPorts.of(portsOf(which), siblings, index));
        } else {
            assertThat(
                            CheckPorts.of(portsOf(which), siblings, index).stream()
                                    .map(BigInteger::valueOf)
                                    .toList())
                    .isEqualTo(Vectors.integers(vector.path("output")));
        }
    }

    private static List<Integer> portsOf(JsonNode service) {
        List<Integer> ports = new ArrayList<>();
        service.path(2).forEach(server -> ports.add(server.path(2).intValue()));
        return ports;
    }

    @TestFactory
    Stream<DynamicTest> aPathRaisesTheWeightZero() {
        return each(
                "weights",
                (input, output) -> {
                    Map<String, String> labels = new HashMap<>();
                    input.forEach(
                            label ->
                                    labels.put(
                                            "HAPROXY_0_" + label.path(0).textValue(),
                                            label.path(1).textValue()));
                    LbTask task =
                            new LbTask("t", "h", null, "9.0.0.1", false, List.of(80), null, false);
                    LbApp app =
                            new LbApp(
                                    "/a",
                                    labels,
                                    List.of(10000),
                                    false,
                                    List.of(),
                                    List.of(task),
                                    1,
                                    null);
                    Route route = rules(false, 1000, Map.of()).routes(List.of(app)).served().get(0);
                    assertThat(route.weight()).isEqualTo(output.bigIntegerValue());
                });
    }

    private static LbRules rules(boolean health, int capacity, Map<String, String> hosts) {
        return new LbRules(
                List.of("*"),
                false,
                null,
                null,
                new Admission(health, new HealthMemory(capacity)),
                host -> host.matches("[0-9.]+") ? host : hosts.get(host));
    }

    @TestFactory
    Stream<DynamicTest> servicePortsAreGivenOrAssigned() {
        return each(
                "service-ports",
                (input, output) -> {
                    JsonNode range = input.path("range");
                    ServicePorts ports =
                            new ServicePorts(
                                    range.isNull()
                                            ? null
                                            : new PortRange(
                                                    range.path(0).intValue(),
                                                    range.path(1).intValue()));
                    List<List<BigInteger>> found = new ArrayList<>();
                    for (LbApp app : AppsDocument.of(Vectors.document(input.path("apps"))).apps()) {
                        found.add(
                                ports.of(app).stream()
                                        .map(p -> p == null ? null : BigInteger.valueOf(p))
                                        .toList());
                    }
                    List<List<BigInteger>> expected = new ArrayList<>();
                    output.forEach(
                            list -> {
                                List<BigInteger> one = new ArrayList<>();
                                list.forEach(p -> one.add(p.isNull() ? null : p.bigIntegerValue()));
                                expected.add(one);
                            });
                    assertThat(found).isEqualTo(expected);
                });
    }

    @TestFactory
    Stream<DynamicTest> aTasksAddressFollowsFromTheNetworkMode() {
        Map<String, String> hosts = hosts("task-address");
        return each(
                "task-address",
                (input, output) -> {
                    ObjectNode app = input.path("app").deepCopy();
                    app.putArray("tasks").add(input.path("task"));
                    LbTask task =
                            AppsDocument.of(Vectors.documentOf(app)).apps().get(0).tasks().get(0);
                    String address =
                            task.usesAgentAddress()
                                    ? task.host().matches("[0-9.]+")
                                            ? task.host()
                                            : hosts.get(task.host())
                                    : task.address();
                    assertThat(task.usesAgentAddress())
                            .isEqualTo(!output.path("mode").textValue().equals("container"));
                    if (output.path("ports").isNull()) {
                        assertThat(address == null || task.ports().isEmpty()).isTrue();
                    } else {
                        assertThat(address).isEqualTo(output.path("ip").textValue());
                        assertThat(task.ports().stream().map(BigInteger::valueOf).toList())
                                .isEqualTo(Vectors.integers(output.path("ports")));
                    }
                });
    }

    private static Map<String, String> hosts(String file) {
        Map<String, String> hosts = new HashMap<>();
        Vectors.file(file)
                .path("hosts")
                .properties()
                .forEach(m -> hosts.put(m.getKey(), m.getValue().textValue()));
        return hosts;
    }

    @TestFactory
    Stream<DynamicTest> tasksAreAdmittedByStateAndHealth() {
        Map<String, String> hosts = hosts("task-admission");
        return each(
                "task-admission",
                (input, output) -> {
                    LbRules rules =
                            rules(
                                    input.path("healthCheckFlag").booleanValue(),
                                    input.path("cacheCapacity").intValue(),
                                    hosts);
                    int i = 0;
                    for (JsonNode snapshot : input.path("snapshots")) {
                        List<String> admitted =
                                rules
                                        .routes(
                                                AppsDocument.of(Vectors.documentOf(snapshot))
                                                        .apps())
                                        .served()
                                        .stream()
                                        .flatMap(route -> route.servers().stream())
                                        .map(Server::taskId)
                                        .toList();
                        JsonNode expected = output.path(i++);
                        if (!expected.has("error")) {
                            assertThat(admitted)
                                    .containsExactlyInAnyOrderElementsOf(Vectors.texts(expected));
                        } else {
                            assertThat(admitted).isEmpty();
                        }
                    }
                });
    }

    @TestFactory
    Stream<DynamicTest> theLeastRecentlyUsedHealthIsForgotten() {
        return each(
                "lru-cache",
                (input, output) -> {
                    HealthMemory memory = new HealthMemory(input.path("capacity").intValue());
                    int i = 0;
                    for (JsonNode op : input.path("ops")) {
                        String task = op.path(1).textValue();
                        if (op.path(0).textValue().equals("set")) {
                            memory.remember(task, op.path(2).booleanValue());
                        } else {
                            assertThat(memory.wasAlive(task))
                                    .isEqualTo(output.path(i).booleanValue());
                        }
                        i++;
                    }
                });
    }

    @TestFactory
    Stream<DynamicTest> theOldSideOfAPairDrainsAsTheNewSideBecomesAlive() {
        return Vectors.of("deployment-merge")
                .map(
                        vector ->
                                DynamicTest.dynamicTest(
                                        vector.path("input").toString(),
                                        () -> {
                                            List<Problem> problems = new ArrayList<>();
                                            List<LbApp> merged =
                                                    DeploymentGroups.merge(
                                                            AppsDocument.of(
                                                                            Vectors.document(
                                                                                    vector.path(
                                                                                            "input")))
                                                                    .apps(),
                                                            problems);
                                            if (Vectors.fails(vector)) {
                                                return;
                                            }
                                            assertThat(problems).isEmpty();
                                            assertThat(merged.stream().map(LbApp::id).toList())
                                                    .isEqualTo(
                                                            all(
                                                                    vector,
                                                                    app ->
                                                                            app.path("id")
                                                                                    .textValue()));
                                            assertThat(
                                                            merged.stream()
                                                                    .map(SharedVectorsTest::tasks)
                                                                    .toList())
                                                    .isEqualTo(
                                                            all(vector, SharedVectorsTest::tasks));
                                            assertThat(
                                                            merged.stream()
                                                                    .map(
                                                                            a ->
                                                                                    new TreeMap<>(
                                                                                                    a
                                                                                                            .labels())
                                                                                            .toString())
                                                                    .toList())
                                                    .isEqualTo(
                                                            all(
                                                                    vector,
                                                                    a ->
                                                                            new TreeMap<>(
                                                                                            object(
                                                                                                    a
                                                                                                            .path(
                                                                                                                    "labels")))
                                                                                    .toString()));
                                            assertThat(
                                                            merged.stream()
                                                                    .map(LbApp::instances)
                                                                    .toList())
                                                    .isEqualTo(
                                                            all(
                                                                    vector,
                                                                    a ->
                                                                            a.path("instances")
                                                                                    .intValue()));
                                        }));
    }

    private static <T> List<T> all(JsonNode vector, Function<JsonNode, T> part) {
        List<T> all = new ArrayList<>();
        vector.path("output").forEach(app -> all.add(part.apply(app)));
        return all;
    }

    private static List<String> tasks(LbApp app) {
        return app.tasks().stream().map(t -> t.id() + " " + t.draining()).toList();
    }

    private static List<String> tasks(JsonNode app) {
        List<String> tasks = new ArrayList<>();
        app.path("tasks")
                .forEach(
                        t ->
                                tasks.add(
                                        t.path("id").textValue()
                                                + " "
                                                + t.path("draining").booleanValue()));
        return tasks;
    }
}
