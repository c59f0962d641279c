package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ZoneRow;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A task whose only source is Mesos, in every network mode: its addresses in each zone, and its
 * VIP's backend.
 */
class MesosNetworksTest {
    private static final String AGENT = "192.0.2.7";

    @ParameterizedTest(name = "{0} {1}: {2}, mapped {3}, port {4}")
    @CsvSource(
            delimiter = '|',
            value = {
                // mode | containerizer | own addresses | host:container | discovery port, scope |
                // containerip | autoip | .mesos | backends | on its own agent
                "HOST | MESOS | 192.0.2.7 | | 9092 | 192.0.2.7 | 192.0.2.7 | 192.0.2.7 |"
                        + " 192.0.2.7:9092 |",
                "HOST | DOCKER | | | 9092 | | 192.0.2.7 | 192.0.2.7 | 192.0.2.7:9092 |",
                "BRIDGE | DOCKER | 172.17.0.2 | 31000:80 | 31000 host | 172.17.0.2 | 192.0.2.7 |"
                        + " 172.17.0.2 | 192.0.2.7:31000 |",
                "BRIDGE | MESOS | 172.31.254.3 | 31000:80 | 31000 host | 172.31.254.3 | 192.0.2.7"
                        + " | 172.31.254.3 | 192.0.2.7:31000 | 172.31.254.3:80",
                "BRIDGE | MESOS | 172.31.254.3 | 31000:80 | 80 | 172.31.254.3 | 192.0.2.7"
                        + " | 172.31.254.3 | 192.0.2.7:31000 | 172.31.254.3:80",
                "CONTAINER | MESOS | 9.0.1.5 | | 80 container | 9.0.1.5 | 9.0.1.5 | 9.0.1.5 |"
                        + " 9.0.1.5:80 |",
                "CONTAINER | MESOS | 9.0.1.5 | 31000:80 | 31000 host | 9.0.1.5 | 192.0.2.7 |"
                        + " 9.0.1.5 | 192.0.2.7:31000 | 9.0.1.5:80",
                "CONTAINER | DOCKER | 9.0.1.5 | 31000:80 | 31000 host | 9.0.1.5 | 192.0.2.7 |"
                        + " 9.0.1.5 | 192.0.2.7:31000 |",
                "CONTAINER | MESOS | fd01:b::5 | | 80 container | fd01:b::5 | fd01:b::5 |"
                        + " fd01:b::5 | [fd01:b::5]:80 |",
                "CONTAINER | DOCKER | 9.0.1.5,fd01:b::5 | | 80 container | 9.0.1.5,fd01:b::5 |"
                        + " 9.0.1.5,fd01:b::5 | 9.0.1.5,fd01:b::5 |"
                        + " 9.0.1.5:80,[fd01:b::5]:80 |",
            })
    void eachKindHasItsAddressesAndItsBackend(
            NetworkMode mode,
            Containerizer containerizer,
            String own,
            String mapping,
            String port,
            String containerIp,
            String autoIp,
            String mesos,
            String backends,
            String local) {
        ServiceId service = new ServiceId("kafka", "broker");
        Instance instance = start(service, task(mode, containerizer, own, mapping, port));
        List<ZoneRow> rows = NamingRules.of("mesos").rows(service, instance);

        String dcos = "broker.kafka.%s.dcos.thisdcos.directory";
        assertThat(addresses(rows, dcos.formatted("agentip"))).isEqualTo(AGENT);
        assertThat(addresses(rows, dcos.formatted("containerip"))).isEqualTo(text(containerIp));
        assertThat(addresses(rows, dcos.formatted("autoip"))).isEqualTo(text(autoIp));
        assertThat(addresses(rows, "broker.kafka.mesos")).isEqualTo(text(mesos));
        assertThat(addresses(rows, "broker.kafka.slave.mesos")).isEqualTo(AGENT);
        List<VipRow.Backend> found = VipRules.ANY_LITERAL.rows(service, instance);
        assertThat(found).allMatch(row -> row.vip().name().equals("broker.kafka"));
        assertThat(found.stream().map(row -> address(row.endpoint())).toList())
                .isEqualTo(Arrays.asList(backends.split(",")));
        assertThat(found.getFirst().local().map(MesosNetworksTest::address).orElse(""))
                .isEqualTo(text(local));
    }

    private static Instance start(ServiceId service, MesosTask task) {
        Service empty = Service.empty(service);
        return empty.apply(
                        empty.decide(
                                new Observation.MesosTaskSeen(service, task, true, "TASK_RUNNING")))
                .live()
                .get(task.id());
    }

    private static MesosTask task(
            NetworkMode mode,
            Containerizer containerizer,
            String own,
            String mapping,
            String port) {
        String[] ports = text(mapping).split(":");
        String[] discovery = port.split(" ");
        Map<String, String> labels = new TreeMap<>(Map.of("VIP_0", "/broker:9092"));
        if (discovery.length > 1) {
            labels.put("network-scope", discovery[1]);
        }
        return new MesosTask(
                new TaskId("broker-0"),
                "kafka",
                "broker-0",
                Optional.of(
                        new MesosTask.Discovery(
                                "broker",
                                List.of(
                                        new MesosTask.Port(
                                                Integer.parseInt(discovery[0]),
                                                "tcp",
                                                "broker",
                                                new TreeMap<>(labels))))),
                TaskPhase.RUNNING,
                false,
                new Agent("m-S7", "agent", List.of(IpAddress.literal(AGENT))),
                mode,
                containerizer,
                own == null
                        ? List.of()
                        : Arrays.stream(own.split(",")).map(IpAddress::literal).toList(),
                List.of(),
                List.of(),
                List.of(),
                ports.length < 2
                        ? List.of()
                        : List.of(
                                new MesosTask.PortMapping(
                                        Integer.parseInt(ports[0]),
                                        Integer.parseInt(ports[1]),
                                        "tcp")),
                new TreeMap<>(),
                Health.UNKNOWN,
                false);
    }

    private static String addresses(List<ZoneRow> rows, String name) {
        return String.join(
                ",",
                rows.stream()
                        .filter(row -> row.name().equals(name))
                        .filter(row -> row.type().name().startsWith("A"))
                        .map(ZoneRow::data)
                        .toList());
    }

    private static String address(Endpoint endpoint) {
        return endpoint.address().isIpv4()
                ? endpoint.address() + ":" + endpoint.port()
                : "[" + endpoint.address() + "]:" + endpoint.port();
    }

    private static String text(String cell) {
        return cell == null ? "" : cell;
    }
}
