package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.Running;
import io.meridian.domain.net.Endpoint;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

class VipRulesTest {
    private static final ServiceId WEB = new ServiceId("marathon", "/shop/web");

    @Test
    void aMappedPortIsReachedAtTheAgentAndByItsOwnAgentInTheContainer() {
        assertThat(text(Running.task("t").port("http", "tcp", 80, 31000, "/web:8080")))
                .containsExactly(
                        "web.marathon:8080/tcp 192.0.2.7:31000/tcp local 172.31.254.5:80/tcp"
                                + " SERVING 1");
    }

    @Test
    void everyRowNamesItsTaskAndAgent() {
        assertThat(
                        VipRules.ANY_LITERAL.rows(
                                WEB,
                                Running.task("web.1").port("", "tcp", 80, 31000, "web:80").build()))
                .singleElement()
                .satisfies(
                        row -> {
                            assertThat(row.owner()).isEqualTo("marathon:/shop/web web.1");
                            assertThat(row.agent()).isEqualTo("20261122-101010-1-S7");
                        });
    }

    @Test
    void dockersOwnRulesReachAMappedPortFromItsAgent() {
        assertThat(
                        text(
                                Running.task("t")
                                        .containerizer(Containerizer.DOCKER)
                                        .port("http", "tcp", 80, 31000, "/web:8080")))
                .containsExactly("web.marathon:8080/tcp 192.0.2.7:31000/tcp SERVING 1");
    }

    @Test
    void onTheHostsNetworkTheHostPortIsTheTasksOwn() {
        assertThat(
                        text(
                                Running.task("t")
                                        .mode(NetworkMode.HOST)
                                        .addresses("192.0.2.7")
                                        .port("http", "tcp", 0, 31000, "web:80")))
                .containsExactly("web.marathon:80/tcp 192.0.2.7:31000/tcp SERVING 1");
    }

    @Test
    void onTheHostsNetworkTheTasksAddressReplacesThatOfAnUnresolvedAgent() {
        assertThat(
                        text(
                                Running.task("t")
                                        .mode(NetworkMode.HOST)
                                        .agent("a-S1")
                                        .addresses("192.0.2.9")
                                        .port("http", "tcp", 0, 31000, "web:80")))
                .containsExactly("web.marathon:80/tcp 192.0.2.9:31000/tcp SERVING 1");
    }

    @Test
    void aMappedPortOfAnUnresolvedAgentIsNoBackend() {
        assertThat(text(Running.task("t").agent("a-S1").port("http", "tcp", 80, 31000, "web:80")))
                .isEmpty();
    }

    @Test
    void aContainerPortIsReachedAtEveryAddressOfTheTask() {
        assertThat(
                        text(
                                Running.task("t")
                                        .mode(NetworkMode.CONTAINER)
                                        .addresses("9.0.1.2", "9.0.1.3", "fd00::2")
                                        .port("http", "tcp", 80, 0, "web:80")))
                .containsExactly(
                        "web.marathon:80/tcp 9.0.1.2:80/tcp SERVING 1",
                        "web.marathon:80/tcp 9.0.1.3:80/tcp SERVING 1",
                        "web.marathon:80/tcp [fd00::2]:80/tcp SERVING 1");
    }

    @Test
    void aHostPortWinsOverTheContainersAddress() {
        assertThat(
                        text(
                                Running.task("t")
                                        .mode(NetworkMode.CONTAINER)
                                        .addresses("9.0.1.2")
                                        .port("http", "tcp", 80, 31000, "web:80")))
                .containsExactly(
                        "web.marathon:80/tcp 192.0.2.7:31000/tcp local 9.0.1.2:80/tcp SERVING 1");
    }

    @Test
    void anAddressOnABridgeIsNoBackend() {
        assertThat(
                        text(
                                Running.task("t")
                                        .mode(NetworkMode.BRIDGE)
                                        .port("http", "tcp", 80, 0, "web:80")))
                .isEmpty();
    }

    @Test
    void anAgentOfBothFamiliesGivesABackendOfEach() {
        assertThat(
                        text(
                                Running.task("t")
                                        .agent(
                                                "a-S1",
                                                "2001:db8::1",
                                                "192.0.2.1",
                                                "192.0.2.2",
                                                "2001:db8::2")
                                        .addresses("172.31.254.5", "fd00::5")
                                        .port("http", "tcp", 80, 31000, "web:80")))
                .containsExactly(
                        "web.marathon:80/tcp 192.0.2.1:31000/tcp local 172.31.254.5:80/tcp SERVING"
                                + " 1",
                        "web.marathon:80/tcp [2001:db8::1]:31000/tcp local [fd00::5]:80/tcp SERVING"
                                + " 1");
    }

    @Test
    void theLocalEndpointKeepsTheAddressFamily() {
        assertThat(
                        text(
                                Running.task("t")
                                        .agent("a-S1", "2001:db8::1")
                                        .addresses("172.31.254.5")
                                        .port("http", "tcp", 80, 31000, "web:80")))
                .containsExactly("web.marathon:80/tcp [2001:db8::1]:31000/tcp SERVING 1");
    }

    @ParameterizedTest
    @CsvSource({
        "11.0.0.5:80, 0, 11.0.0.5:80/tcp 9.0.1.2:80/tcp SERVING 1",
        "fd01:c::5:80, 0, fd01:c::5:80/tcp [fd00::2]:80/tcp SERVING 1",
        "11.0.0.5:80, 31000, 11.0.0.5:80/tcp 192.0.2.1:31000/tcp local 9.0.1.2:80/tcp SERVING 1",
        "fd01:c::5:80, 31000, fd01:c::5:80/tcp [2001:db8::1]:31000/tcp local [fd00::2]:80/tcp"
                + " SERVING 1",
    })
    void anIpVipTakesBackendsOfItsOwnFamilyOnly(String label, int hostPort, String row) {
        assertThat(
                        text(
                                Running.task("t")
                                        .mode(NetworkMode.CONTAINER)
                                        .agent("a-S1", "192.0.2.1", "2001:db8::1")
                                        .addresses("9.0.1.2", "fd00::2")
                                        .port("http", "tcp", 80, hostPort, label)))
                .containsExactly(row);
    }

    @Test
    void aPortWithoutNumberIsNoBackend() {
        assertThat(
                        text(
                                Running.task("t")
                                        .mode(NetworkMode.CONTAINER)
                                        .port("http", "tcp", 0, 0, "web:80")))
                .isEmpty();
        assertThat(
                        text(
                                Running.task("t")
                                        .mode(NetworkMode.HOST)
                                        .port("http", "tcp", 80, 0, "web:80")))
                .isEmpty();
    }

    @Test
    void severalLabelsProtocolsAndPortsEachHaveTheirRow() {
        assertThat(
                        text(
                                Running.task("t")
                                        .containerizer(Containerizer.DOCKER)
                                        .port(
                                                "dns",
                                                "udp,tcp",
                                                53,
                                                31053,
                                                "/dns:53",
                                                "dns:53",
                                                "11.0.0.53:53",
                                                "dns:http")
                                        .port("http", "tcp", 80, 31080, "dns:80")
                                        .port("quiet", "tcp", 81, 31081)))
                .containsExactly(
                        "11.0.0.53:53/tcp 192.0.2.7:31053/tcp SERVING 1",
                        "11.0.0.53:53/udp 192.0.2.7:31053/udp SERVING 1",
                        "dns.marathon:53/tcp 192.0.2.7:31053/tcp SERVING 1",
                        "dns.marathon:80/tcp 192.0.2.7:31080/tcp SERVING 1",
                        "dns.marathon:53/udp 192.0.2.7:31053/udp SERVING 1");
    }

    @Test
    void optionsOfALabelAreInItsRows() {
        assertThat(
                        VipRules.ANY_LITERAL.rows(
                                WEB,
                                Running.task("t")
                                        .port(
                                                "http",
                                                "tcp",
                                                80,
                                                31000,
                                                "{weight=7 scheduler=rr drain=60}/web:80",
                                                "other:80")
                                        .build()))
                .extracting(row -> row.vip().name() + " " + row.weight() + " " + row.options())
                .containsExactly("other.marathon 1 ", "web.marathon 7 scheduler=rr drain=60");
    }

    @Test
    void labelsOfOneVipAreMerged() {
        assertThat(
                        VipRules.ANY_LITERAL.rows(
                                WEB,
                                Running.task("t")
                                        .port(
                                                "http",
                                                "tcp",
                                                80,
                                                31000,
                                                "{weight=7 scheduler=rr}/web:80",
                                                "{weight=2 scheduler=mh drain=5}web:80")
                                        .build()))
                .extracting(row -> row.vip().name() + " " + row.weight() + " " + row.options())
                .containsExactly("web.marathon 7 scheduler=rr drain=5");
    }

    @Test
    void aLabelWithAProtocolAppliesToThatProtocolOnly() {
        assertThat(
                        text(
                                Running.task("t")
                                        .containerizer(Containerizer.DOCKER)
                                        .port("dns", "tcp", 53, 31053, "{protocol=udp}dns:53")))
                .containsExactly("dns.marathon:53/udp 192.0.2.7:31053/udp SERVING 1");
    }

    @Test
    void aBackendWithAnOwnAddressHasItsAgentsAddress() {
        Running task =
                Running.task("t")
                        .mode(NetworkMode.CONTAINER)
                        .agent("a-S1", "2001:db8::1", "192.0.2.1")
                        .addresses("9.0.1.2");

        assertThat(
                        VipRules.ANY_LITERAL
                                .rows(WEB, task.port("a", "tcp", 80, 0, "a:80").build())
                                .stream()
                                .map(row -> row.endpoint() + " " + row.at()))
                .containsExactly("9.0.1.2:80/tcp 192.0.2.1");
        assertThat(
                        VipRules.ANY_LITERAL
                                .rows(WEB, task.port("b", "tcp", 81, 31000, "b:80").build())
                                .stream()
                                .map(row -> row.endpoint() + " " + row.at()))
                .containsExactly(
                        "9.0.1.2:80/tcp 192.0.2.1",
                        "192.0.2.1:31000/tcp 192.0.2.1",
                        "[2001:db8::1]:31000/tcp 192.0.2.1");
    }

    @ParameterizedTest
    @CsvSource({
        // phase, unreachable, health checked, health, state and weight
        "RUNNING, false, false, UNKNOWN,   SERVING 1",
        "RUNNING, false, false, HEALTHY,   SERVING 1",
        "RUNNING, false, false, UNHEALTHY, DRAINING 0",
        "RUNNING, false, true,  UNKNOWN,   ",
        "RUNNING, false, true,  HEALTHY,   SERVING 1",
        "RUNNING, false, true,  UNHEALTHY, DRAINING 0",
        "RUNNING, true,  false, UNKNOWN,   UNREACHABLE 0",
        "RUNNING, true,  true,  UNKNOWN,   ",
        "RUNNING, true,  true,  HEALTHY,   UNREACHABLE 0",
        "RUNNING, true,  true,  UNHEALTHY, DRAINING 0",
        "KILLING, false, false, UNKNOWN,   DRAINING 0",
        "KILLING, false, true,  UNKNOWN,   DRAINING 0",
        "KILLING, false, true,  HEALTHY,   DRAINING 0",
        "KILLING, true,  true,  HEALTHY,   DRAINING 0",
    })
    void phaseContactAndHealthDecideTheState(
            TaskPhase phase, boolean unreachable, boolean checked, Health health, String state) {
        Running task =
                Running.task("t")
                        .port("http", "tcp", 80, 31000, "web:80")
                        .phase(phase)
                        .health(health);
        if (unreachable) {
            task.unreachable();
        }
        if (checked) {
            task.checked(health);
        }
        Instance instance = task.build();

        assertThat(
                        VipRules.ANY_LITERAL.rows(WEB, instance).stream()
                                .map(row -> row.state() + " " + row.weight()))
                .isEqualTo(state == null ? List.of() : List.of(state));
        assertThat(instance.takesTraffic()).isEqualTo("SERVING 1".equals(state));
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskPhase.class,
            names = {"STAGING", "STARTING", "GONE"})
    void aTaskThatDoesNotRunIsNoBackend(TaskPhase phase) {
        assertThat(text(Running.task("t").port("http", "tcp", 80, 31000, "web:80").phase(phase)))
                .isEmpty();
    }

    @Test
    void aDefinitionRequestsTheVipsOfItsReadableLabels() {
        ServiceDefinition definition =
                definition(
                        port("tcp", 80, true, "web:80", "/web:80", "web:http", ":1"),
                        port("udp,tcp", 53, false, "11.0.0.53:53"),
                        port("tcp", 0, false, "lost:80"),
                        port("tcp", 0, true, "same:90"));

        assertThat(VipRules.ANY_LITERAL.keys(WEB, definition).stream().map(VipKey::toString))
                .containsExactly(
                        "11.0.0.53:53/tcp",
                        "11.0.0.53:53/udp",
                        "same.marathon:90/tcp",
                        "web.marathon:80/tcp");
        assertThat(VipRules.ANY_LITERAL.refusals(WEB, definition))
                .containsExactly(
                        "VIP label \"web:http\" is not name:port; this VIP is not created, others"
                                + " are",
                        "VIP label \":1\" has a name without letters and digits, or a part of one;"
                                + " this VIP is not created, others are",
                        "VIP label \"lost:80\" is on a port that has neither a host port nor a"
                                + " container port; this VIP is not created, others are");
    }

    private static PortDefinition port(
            String protocols, int containerPort, boolean hasHostPort, String... labels) {
        return new PortDefinition(
                "",
                "",
                Running.protocols(protocols),
                containerPort,
                hasHostPort,
                Stream.of(labels).map(LabelledVip::of).toList());
    }

    private static ServiceDefinition definition(PortDefinition... ports) {
        return new ServiceDefinition(
                Instant.EPOCH,
                Instant.EPOCH,
                NetworkMode.CONTAINER,
                Containerizer.MESOS,
                List.of(ports),
                new TreeSet<>(),
                List.of());
    }

    private static List<String> text(Running task) {
        return VipRules.ANY_LITERAL.rows(WEB, task.build()).stream()
                .map(
                        row ->
                                row.vip()
                                        + " "
                                        + row.endpoint()
                                        + row.local()
                                                .map(Endpoint::toString)
                                                .map(" local "::concat)
                                                .orElse("")
                                        + " "
                                        + row.state()
                                        + " "
                                        + row.weight())
                .toList();
    }
}
