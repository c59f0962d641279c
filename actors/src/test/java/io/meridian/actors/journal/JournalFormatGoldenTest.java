package io.meridian.actors.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.MesosFacts;
import io.meridian.domain.service.MesosSupplement;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.vip.VipPoolEvent;

import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One golden file for each persisted name: this program must read old bytes for ever. {@code
 * -Dgolden.update} writes new ones.
 */
class JournalFormatGoldenTest {
    private static final Path FILES = Path.of("src/test/resources/journal");
    private static final ServiceId WEB = new ServiceId("marathon", "/shop/web");
    private static final Instant V1 = Instant.parse("2026-11-01T10:00:00.123Z");

    private static final MesosCluster.Masters MASTERS =
            new MesosCluster.Masters(
                    "master@10.0.4.1:5050", List.of("10.0.4.1:5050", "10.0.4.2:5050"));
    private static final MesosCluster.Agent AGENT =
            new MesosCluster.Agent(
                    "a1-S3",
                    "slave(1)@10.0.4.17:5051",
                    "node.example.org",
                    List.of(IpAddress.literal("10.0.4.17"), IpAddress.literal("fd01::17")));
    private static final MesosCluster.Framework KAFKA =
            new MesosCluster.Framework(
                    "a1-0001", "kafka", "", "10.0.4.18", List.of(IpAddress.literal("10.0.4.18")));

    /** JSON of an instance with facts of Mesos, from the field after its health. */
    private static final String MESOS_BYTES =
            "\"mesos\":{\"onlySource\":true,\"name\":\"web.shop\",\"discovery\":{\"name\":\"web.shop\","
                + "\"ports\":[{\"number\":8080,\"protocol\":\"tcp\",\"name\":\"http\","
                + "\"labels\":{\"VIP_0\":\"/web:80\"}}]},\"dockerAddresses\":[\"172.17.0.2\"],"
                + "\"mesosAddresses\":[\"9.0.1.5\"],\"hostPorts\":[31000,31001],"
                + "\"mappings\":[{\"hostPort\":31000,\"containerPort\":8080,\"protocol\":\"tcp\"}],"
                + "\"vipLabels\":{\"vip_port0\":\"tcp://1.2.3.4:80\"},\"supplied\":[]}}}]}";

    private final JournalFormat format = new JournalFormat();

    static List<Object> persisted() {
        ServiceDefinition definition =
                new ServiceDefinition(
                        V1,
                        V1.minusSeconds(60),
                        NetworkMode.BRIDGE,
                        Containerizer.DOCKER,
                        List.of(
                                new PortDefinition(
                                        "",
                                        "http",
                                        new TreeSet<>(List.of(Protocol.TCP, Protocol.UDP)),
                                        8080,
                                        true,
                                        List.of(LabelledVip.of("/web:80")))),
                        new TreeSet<>(List.of("")),
                        List.of(
                                "label VIP_1=\"x\" is not name:port; this VIP is not created,"
                                        + " others are"));
        Instance instance =
                new Instance(
                        new TaskId("shop_web.instance-1._app.1"),
                        "shop_web.instance-1",
                        V1,
                        new Agent("a1-S3", "10.0.4.17", List.of(IpAddress.literal("10.0.4.17"))),
                        List.of(IpAddress.literal("172.17.0.2"), IpAddress.literal("fd01::2")),
                        NetworkMode.BRIDGE,
                        Containerizer.DOCKER,
                        List.of(
                                new BoundPort(
                                        "http",
                                        new TreeSet<>(List.of(Protocol.TCP)),
                                        8080,
                                        31000,
                                        List.of(LabelledVip.of("/web:80")))),
                        TaskPhase.RUNNING,
                        false,
                        true,
                        Health.HEALTHY);
        SortedMap<TaskId, Instance> live = new TreeMap<>();
        live.put(instance.task(), instance);
        return List.of(
                batch(
                        new ServiceEvent.DefinitionRevised(WEB, definition),
                        new ServiceEvent.InstanceStarted(WEB, instance),
                        new ServiceEvent.InstanceChanged(WEB, instance),
                        new ServiceEvent.InstanceEnded(WEB, instance.task(), "TASK_KILLED"),
                        new ServiceEvent.InstanceEnded(
                                WEB, new TaskId("F2", "broker-0__1"), "good listings lack it"),
                        new ServiceEvent.MesosSupplementRecorded(WEB, note()),
                        new ServiceEvent.ServiceRemoved(WEB, "not defined")),
                new Service(
                        WEB,
                        List.of(definition),
                        live,
                        new LinkedHashSet<>(List.of(new TaskId("b"), new TaskId("a"))),
                        new LinkedHashMap<>()),
                new ClusterEvent.MastersChanged(MASTERS),
                new ClusterEvent.AgentChanged(AGENT),
                new ClusterEvent.AgentRemoved("a1-S3"),
                new ClusterEvent.FrameworkChanged(KAFKA),
                new ClusterEvent.FrameworkRemoved("a1-0001"),
                new MesosCluster(
                        MASTERS,
                        new TreeMap<>(Map.of(AGENT.id(), AGENT)),
                        new TreeMap<>(Map.of(KAFKA.id(), KAFKA))),
                new VipPoolEvent.Reserved(
                        List.of(
                                new VipPoolEvent.Allocation(
                                        "db.marathon",
                                        new TreeSet<>(List.of(IpAddress.literal("fd01:c::7")))),
                                new VipPoolEvent.Allocation(
                                        "web.marathon",
                                        new TreeSet<>(
                                                List.of(
                                                        IpAddress.literal("11.0.3.9"),
                                                        IpAddress.literal("fd01:c::9"))))),
                        new TreeSet<>(List.of(IpAddress.literal("11.0.0.1")))),
                new VipPoolEvent.Released(new TreeSet<>(List.of("db.marathon", "web.marathon"))));
    }

    private static ServiceEventBatch batch(ServiceEvent... events) {
        return new ServiceEventBatch(List.of(events));
    }

    private static MesosSupplement note() {
        return new MesosSupplement(
                new TaskId("shop_web.instance-2._app.1"),
                new Agent("a1-S3", "10.0.4.17", List.of(IpAddress.literal("10.0.4.17"))),
                List.of(IpAddress.literal("9.0.1.5")),
                facts(false));
    }

    private static MesosFacts facts(boolean alone) {
        return new MesosFacts(
                alone,
                "web.shop",
                Optional.of(
                        new MesosTask.Discovery(
                                "web.shop",
                                List.of(
                                        new MesosTask.Port(
                                                8080,
                                                "tcp",
                                                "http",
                                                new TreeMap<>(Map.of("VIP_0", "/web:80")))))),
                List.of(IpAddress.literal("172.17.0.2")),
                List.of(IpAddress.literal("9.0.1.5")),
                List.of(31000, 31001),
                List.of(new MesosTask.PortMapping(31000, 8080, "tcp")),
                new TreeMap<>(Map.of("vip_port0", "tcp://1.2.3.4:80")),
                new TreeSet<>(alone ? List.of() : List.of(MesosFacts.Part.ADDRESSES)));
    }

    /**
     * An instance whose only source is Mesos; the bytes of other instances have no field for its
     * facts.
     */
    @Test
    void factsOfMesosHaveAFieldOfTheirOwn() throws IOException, UnreadableEvent {
        Instance instance =
                new Instance(
                        new TaskId("broker-0__1"),
                        "broker-0__1",
                        Instant.EPOCH,
                        new Agent("a1-S3", "10.0.4.17", List.of(IpAddress.literal("10.0.4.17"))),
                        List.of(IpAddress.literal("9.0.1.5")),
                        NetworkMode.CONTAINER,
                        Containerizer.MESOS,
                        List.of(),
                        TaskPhase.RUNNING,
                        false,
                        false,
                        Health.UNKNOWN,
                        Optional.of(facts(true)));
        ServiceEventBatch event =
                batch(new ServiceEvent.InstanceStarted(new ServiceId("kafka", "broker"), instance));
        Service noted =
                Service.empty(WEB).apply(new ServiceEvent.MesosSupplementRecorded(WEB, note()));
        byte[] bytes = format.encode(event);

        assertThat(new String(bytes, StandardCharsets.UTF_8)).endsWith(MESOS_BYTES);
        assertThat(format.decode(format.name(event), bytes)).isEqualTo(event);
        assertThat(format.decode(format.name(noted), format.encode(noted))).isEqualTo(noted);
    }

    /** Journals of programs without options hold the bare value, which this program reads too. */
    @Test
    void optionsOfAVipLabelPrecedeItsValue() throws IOException, UnreadableEvent {
        List<LabelledVip> vips =
                List.of(
                        LabelledVip.of("/web:80"),
                        LabelledVip.parse("{protocol=udp weight=3 scheduler=mh drain=60}dns:53"),
                        LabelledVip.parse("{refused=no%20colour}c:1"));
        ServiceEventBatch event =
                batch(
                        new ServiceEvent.DefinitionRevised(
                                WEB,
                                new ServiceDefinition(
                                        V1,
                                        V1,
                                        NetworkMode.HOST,
                                        Containerizer.MESOS,
                                        List.of(
                                                new PortDefinition(
                                                        "",
                                                        "",
                                                        new TreeSet<>(List.of(Protocol.TCP)),
                                                        0,
                                                        true,
                                                        vips)),
                                        new TreeSet<>(),
                                        List.of())));
        byte[] bytes = format.encode(event);

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .contains(
                        "\"vipLabels\":[\"/web:80\",\"{protocol=udp weight=3 scheduler=mh"
                                + " drain=60}dns:53\",\"{refused=no%20colour}c:1\"]");
        assertThat(format.decode(format.name(event), bytes)).isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("persisted")
    void theBytesAreTheSameAsEver(Object object) throws IOException {
        Path file = FILES.resolve(format.name(object) + ".json");
        String written = new String(format.encode(object), StandardCharsets.UTF_8);
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(FILES);
            Files.writeString(file, written + "\n");
        }
        assertThat(written + "\n").isEqualTo(Files.readString(file));
    }

    @ParameterizedTest
    @MethodSource("persisted")
    void oldBytesAreReadAsTheirEvents(Object object) throws IOException {
        String name = format.name(object);
        byte[] bytes =
                Files.readString(FILES.resolve(name + ".json"))
                        .strip()
                        .getBytes(StandardCharsets.UTF_8);

        assertThat(format.decode(name, bytes)).isEqualTo(object);
    }

    @Test
    void everyNameHasItsGoldenFile() throws IOException {
        try (var files = Files.list(FILES)) {
            assertThat(files.map(file -> file.getFileName().toString()).toList())
                    .containsExactlyInAnyOrderElementsOf(
                            JournalFormat.known().stream().map(name -> name + ".json").toList());
        }
    }

    /**
     * The entry of service events holds one event of each type, so that each type has golden bytes.
     */
    @Test
    void everyServiceEventIsInTheGoldenFile() throws IOException {
        String golden = Files.readString(FILES.resolve("service.events.1.json"));
        assertThat(JournalFormat.knownServiceEvents())
                .allSatisfy(name -> assertThat(golden).contains("{\"event\":\"" + name + "\""));
    }

    @Test
    void aNewerVersionIsRefusedByNameAndNumber() {
        assertThatThrownBy(() -> format.decode("service.events.3", new byte[0]))
                .isInstanceOf(UnreadableEvent.class)
                .hasMessageContaining(
                        "name=service.events.3: this program knows version 1 at most");
    }

    /** One unreadable event makes its entry unreadable: leaving it out would lose state. */
    @ParameterizedTest
    @CsvSource({
        "service.instance-started.3, name=service.instance-started.3: this program knows version 1",
        "service.exploded.1, name=service.exploded.1: this program knows no such entry",
        "service.state.1, name=service.state.1: this program knows no such entry",
        "service.events.1, name=service.events.1: this program knows no such entry",
    })
    void eventsOfAnEntryAreReadAllOrNone(String name, String why) {
        String removed =
                "{\"event\":\"service.removed.1\",\"service\":\"marathon:/x\",\"reason\":\"r\"}";
        String written =
                "{\"events\":[" + removed + "," + removed.replace("service.removed.1", name) + "]}";

        assertUnreadable(written).hasMessageContaining(why);
    }

    @Test
    void fieldsComeInAnyOrder() throws IOException {
        String written =
                """
                {"later":{"events":[]},"events":[
                  {"service":"marathon:/x","later":[{}],"reason":"r","event":"service.removed.1"}]}\
                """;

        assertThat(format.decode("service.events.1", written.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(
                        batch(
                                new ServiceEvent.ServiceRemoved(
                                        ServiceId.parse("marathon:/x"), "r")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{\"events\":{}}",
                "{\"events\":[]}",
                "{\"events\":[1,2]}",
                "{\"events\":[{},{}]}",
                "{\"events\":[{\"event\":\"service.removed.1\"}]}",
                "{\"events\":["
            })
    void damagedEntriesAreRefused(String written) {
        assertUnreadable(written)
                .hasMessageContaining("cannot read journal entry: name=service.events.1: ");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertUnreadable(String written) {
        return assertThatThrownBy(
                        () ->
                                format.decode(
                                        "service.events.1",
                                        written.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnreadableEvent.class);
    }

    @Test
    void anUnknownEntryIsRefused() {
        assertThatThrownBy(() -> format.decode("service.exploded.1", new byte[0]))
                .isInstanceOf(UnreadableEvent.class)
                .hasMessageContaining("no such entry");
    }
}
