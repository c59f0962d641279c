package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.mesos.ListedApp;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Runs the one app of the endpoint matrix that no recorded stream has. Its tasks are launched as by
 * Marathon and take the states that Marathon lists.
 */
final class MesosMixedPortsTest {
    @TempDir Path directory;

    @Test
    void anAppOfManyPortsIsReachedWhereItsTasksTakeTraffic() throws Exception {
        JsonNode app =
                MesosFixturesTest.read("marathon/matrix/apps-embed-tasks.json")
                        .path("apps")
                        .valueStream()
                        .filter(one -> one.path("id").asText().equals("/mixed/multi-port"))
                        .findFirst()
                        .orElseThrow();
        try (SimulatedMesos mesos = SimulatedMesos.start(SimulatedMesosSettings.defaults());
                MesosHouse house =
                        MesosHouse.start(
                                        directory,
                                        mesos.urls(),
                                        Map.of(
                                                "meridian.dns.ip-sources",
                                                MesosFixturesTest.IP_SOURCES))
                                .awaitReady()) {
            MesosFramework marathon = mesos.add(MesosFramework.of(0, "marathon", "10.0.5.9"));
            ListedApp shown = new ListedApp(mesos, app, "9.0.3.132", List.of(12_030, 12_031));
            shown.run(marathon);
            MesosOracle.Past past = new MesosOracle.Past();
            house.awaitAgreement(
                    "all run",
                    new MesosOracle(
                            MesosHouse.state(mesos.url()), MesosFixturesTest.SOURCES, past));
            shown.becomeAsShown();
            JsonNode end = MesosHouse.state(mesos.url());
            house.awaitAgreement("as shown", new MesosOracle(end, MesosFixturesTest.SOURCES, past));
            MesosFixturesTest.assertEndpoints(house, end);
            assertTraffic(house, app);
        }
    }

    /**
     * A VIP has the healthy tasks' endpoints on Mesos agents; an unreachable task gets no
     * connections.
     */
    private static void assertTraffic(MesosHouse house, JsonNode app) throws Exception {
        JsonNode expected = MesosFixturesTest.read("marathon/matrix/expected-endpoints.json");
        SortedMap<String, SortedSet<String>> wanted = new TreeMap<>();
        for (JsonNode task : app.path("tasks")) {
            JsonNode said = expected.path(task.path("id").asText());
            if (!said.path("traffic").asText().startsWith("yes")) {
                continue;
            }
            for (JsonNode endpoint : said.path("endpoints")) {
                if (!endpoint.path("via").asText().equals("agent")) {
                    continue;
                }
                String port = endpoint.path("port_name").asText();
                List<String> vips =
                        port.equals("http")
                                ? List.of("tcp mixed.marathon:80")
                                : List.of("tcp 11.0.0.7:53", "udp 11.0.0.7:53");
                for (String vip : vips) {
                    wanted.computeIfAbsent(vip, _ -> new TreeSet<>())
                            .add(
                                    endpoint.path("address").asText()
                                            + ":"
                                            + endpoint.path("port").asInt());
                }
            }
        }
        assertThat(wanted).hasSize(3);
        SortedMap<String, SortedSet<String>> served = new TreeMap<>();
        house.api()
                .tables()
                .backends()
                .forEach(
                        (vip, backends) ->
                                served.put(
                                        vip,
                                        backends.stream()
                                                .filter(backend -> backend.weight() > 0)
                                                .map(
                                                        backend ->
                                                                backend.address()
                                                                        + ":"
                                                                        + backend.port())
                                                .collect(Collectors.toCollection(TreeSet::new))));
        assertThat(served).isEqualTo(wanted);
    }
}
