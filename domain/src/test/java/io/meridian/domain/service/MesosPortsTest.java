package io.meridian.domain.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.MesosTask.Discovery;
import io.meridian.domain.service.MesosTask.Port;
import io.meridian.domain.service.MesosTask.PortMapping;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

class MesosPortsTest {
    private static final Map<String, String> HOST_SCOPE =
            Map.of("network-scope", "host", "VIP_0", "/web:80");

    @Test
    void onTheHostsNetworkADiscoveryPortIsAHostPort() {
        assertThat(ports(NetworkMode.HOST, List.of(), port(9092, "tcp", "b", "VIP_0", "/b:9092")))
                .containsExactly("b tcp 0:9092 [/b:9092]");
    }

    @Test
    void elsewhereADiscoveryPortIsAContainerPortUnlessItsScopeIsHost() {
        assertThat(ports(NetworkMode.CONTAINER, List.of(), port(8080, "tcp", "http")))
                .containsExactly("http tcp 8080:0 []");
        assertThat(
                        ports(
                                NetworkMode.CONTAINER,
                                List.of(),
                                new Port(31000, "tcp", "http", new TreeMap<>(HOST_SCOPE))))
                .containsExactly("http tcp 0:31000 [/web:80]");
    }

    @Test
    void aMappingIsFoundByHostOrContainerPort() {
        List<PortMapping> mapping = List.of(new PortMapping(31000, 8080, ""));

        assertThat(
                        ports(
                                NetworkMode.BRIDGE,
                                mapping,
                                new Port(31000, "tcp", "http", new TreeMap<>(HOST_SCOPE))))
                .containsExactly("http tcp 8080:31000 [/web:80]");
        assertThat(ports(NetworkMode.BRIDGE, mapping, port(8080, "tcp", "http", "vip", "w:80")))
                .containsExactly("http tcp 8080:31000 [w:80]");
        assertThat(ports(NetworkMode.BRIDGE, mapping, port(8080, "udp", "u")))
                .containsExactly(" tcp 8080:31000 []", "u udp 8080:0 []");
    }

    @Test
    void aPortOfSeveralNetworksIsOnePort() {
        Port net1 = port(80, "tcp", "http", "network-name", "a", "VIP_0", "/w:80");
        Port net2 = port(80, "tcp", "http", "network-name", "b", "VIP_0", "/w:80");

        assertThat(ports(NetworkMode.CONTAINER, List.of(), net1, net2))
                .containsExactly("http tcp 80:0 [/w:80]");
    }

    @Test
    void aPortOfTwoProtocolsIsTwoPorts() {
        assertThat(ports(NetworkMode.HOST, List.of(), port(53, "udp,tcp", "dns", "VIP_0", "d:53")))
                .containsExactly("dns udp 0:53 [d:53]", "dns tcp 0:53 [d:53]");
    }

    @Test
    void aLabelOfTheTaskIsForItsHostPortByNumber() {
        MesosPorts ports =
                MesosPorts.of(
                        facts(
                                Map.of(
                                        "VIP_PORT1", "udp://1.2.3.4:53",
                                        "vip_port0", "tcp://web:80",
                                        "vip_port7", "tcp://web:80",
                                        "vip_port2", "web:80"),
                                List.of(),
                                List.of(31000, 31001)),
                        NetworkMode.HOST);

        assertThat(texts(ports))
                .containsExactly(" tcp 0:31000 [web:80]", " udp 0:31001 [1.2.3.4:53]");
        assertThat(ports.refusals())
                .extracting(VipLabels.Refusal::key)
                .containsExactly("vip_port2", "vip_port7");
    }

    @Test
    void aPortThatIsNeitherTcpNorUdpHasNoVip() {
        MesosPorts ports =
                MesosPorts.of(
                        facts(
                                Map.of(),
                                List.of(
                                        port(80, "sctp", "s", "VIP_0", "w:80"),
                                        port(0, "tcp", "z", "VIP_0", "w:80")),
                                List.of()),
                        NetworkMode.HOST);

        assertThat(ports.ports()).isEmpty();
        assertThat(ports.refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.why()).contains("neither tcp nor udp"));
    }

    private static List<String> ports(
            NetworkMode mode, List<PortMapping> mappings, Port... discovery) {
        MesosFacts facts = facts(Map.of(), List.of(discovery), List.of());
        return texts(
                MesosPorts.of(
                        new MesosFacts(
                                true,
                                facts.name(),
                                facts.discovery(),
                                List.of(),
                                List.of(),
                                List.of(),
                                mappings,
                                facts.vipLabels(),
                                facts.supplied()),
                        mode));
    }

    private static MesosFacts facts(
            Map<String, String> labels, List<Port> discovery, List<Integer> hostPorts) {
        return new MesosFacts(
                true,
                "task",
                Optional.of(new Discovery("task", discovery)),
                List.of(),
                List.of(),
                hostPorts,
                List.of(),
                new TreeMap<>(labels),
                new TreeSet<>());
    }

    private static Port port(int number, String protocol, String name, String... labels) {
        TreeMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            map.put(labels[i], labels[i + 1]);
        }
        return new Port(number, protocol, name, map);
    }

    private static List<String> texts(MesosPorts ports) {
        return ports.ports().stream()
                .map(
                        port ->
                                port.name()
                                        + " "
                                        + port.protocols().first()
                                        + " "
                                        + port.containerPort()
                                        + ":"
                                        + port.hostPort()
                                        + " "
                                        + Arrays.toString(
                                                port.vipLabels().stream()
                                                        .map(LabelledVip::value)
                                                        .toArray()))
                .toList();
    }
}
