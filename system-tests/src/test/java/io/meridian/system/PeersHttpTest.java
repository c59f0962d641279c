package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.controlplane.node.RunningNode;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The HTTP interfaces of Mesos-DNS and dcos-net give the same answers as DNS. */
final class PeersHttpTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir Path directory;

    @Test
    void bothApisShowWhatMarathonRuns() throws Exception {
        try (SimulatedMarathon marathon =
                        SimulatedMarathon.start(SimulatedMarathonSettings.defaults());
                RunningNode node =
                        Nodes.start(
                                directory.resolve("state"),
                                marathon.urls(),
                                Map.of(
                                        "compat.mesos-dns.listen", "127.0.0.1:0",
                                        "compat.dcos-net.listen", "127.0.0.1:0"))) {
            NodeApi admin = new NodeApi(node.httpAddress().getPort());
            NodeApi mesosDns = new NodeApi(node.mesosDnsAddress().orElseThrow().getPort());
            NodeApi dcosNet = new NodeApi(node.dcosNetAddress().orElseThrow().getPort());
            marathon.deploy(
                    """
                    {"id": "/shop/web", "cmd": "x", "instances": 3, "portDefinitions":
                      [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/web:80"}}]}\
                    """);
            Waiting.until("ready", LIMIT, admin::isReady);
            Waiting.until(
                    "three tasks",
                    LIMIT,
                    () ->
                            mesosDns.json("/v1/enumerate").findValues("id").size() == 3
                                    && backends(dcosNet).size() == 3);

            JsonNode task = mesosDns.json("/v1/enumerate").path("frameworks").path(0);
            assertThat(task.path("name").asText()).isEqualTo("marathon");
            assertThat(task.path("tasks"))
                    .allMatch(t -> t.path("name").asText().equals("web.shop"));
            DnsClient dns = new DnsClient(node.dnsAddresses().getFirst().getPort());
            for (String name : List.of("web-shop.marathon.mesos.", "ns1.mesos.")) {
                TreeSet<String> shown =
                        new TreeSet<>(mesosDns.json("/v1/hosts/" + name).findValuesAsText("ip"));
                assertThat(shown).isNotEmpty().isEqualTo(new TreeSet<>(dns.ask(name, "A").data()));
            }
            assertThat(mesosDns.json("/v1/axfr").path("Records").path("SRVs").properties())
                    .extracting(Map.Entry::getKey)
                    .contains("_http._web-shop._tcp.marathon.mesos.");
            assertThat(dcosNet.json("/v1/vips").path(0).path("vip").asText())
                    .isEqualTo("web.marathon.l4lb.thisdcos.directory:80");
            assertThat(dcosNet.json("/v1/nodes").findValuesAsText("private_ip"))
                    .containsExactly("127.0.0.1");
            assertThat(dcosNet.json("/v1/records").findValuesAsText("name"))
                    .contains("web.marathon.l4lb.thisdcos.directory", "web-shop.marathon.mesos");
            assertThat(dcosNet.get("/v1/metrics/l4lb").body()).contains("\nbackends 3.0\n");
        }
    }

    private static List<JsonNode> backends(NodeApi dcosNet) throws Exception {
        return dcosNet.json("/v1/vips").findValues("ip");
    }
}
