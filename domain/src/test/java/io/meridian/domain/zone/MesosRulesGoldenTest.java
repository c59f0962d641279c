package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.domain.mesos.MesosState;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels.HostNameRule;
import io.meridian.testkit.Fixtures;
import io.meridian.testkit.NeedsSharedFixtures;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Compares the records of a real Mesos-DNS 0.7 for two states with Meridian's. {@code edge.json}
 * has edge cases; {@code axfr-edge.json} is the whole zone as Mesos-DNS served it, {@code
 * axfr-edge.differences} each record in which Meridian differs, with the reason. The other state is
 * the sample of Mesos-DNS, compared where the shared fixtures are present.
 */
class MesosRulesGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void onlyTheListedRecordsOfEdgeCasesDiffer() throws IOException {
        SortedSet<String> mesosDns =
                zone(JSON.readTree(Fixtures.text("mesos/mesos-dns/axfr-edge.json")));
        SortedSet<String> ours =
                rows(JSON.readTree(Fixtures.text("mesos/mesos-dns/edge.json")), "127.0.0.1:15051");

        SortedSet<String> differences = new TreeSet<>();
        mesosDns.stream().filter(r -> !ours.contains(r)).forEach(r -> differences.add("- " + r));
        ours.stream().filter(r -> !mesosDns.contains(r)).forEach(r -> differences.add("+ " + r));
        assertThat(differences).containsExactlyElementsOf(listed());
    }

    @NeedsSharedFixtures
    @Test
    void theSampleOfMesosDnsHasNoDifference() throws IOException {
        assertThat(
                        rows(
                                JSON.readTree(
                                        Files.readString(
                                                Fixtures.shared("mesos/mesos-dns/fake.json"))),
                                "127.0.0.1:15050"))
                .isEqualTo(zone(JSON.readTree(Fixtures.text("mesos/mesos-dns/axfr-fake.json"))));
    }

    private static SortedSet<String> listed() throws IOException {
        SortedSet<String> listed = new TreeSet<>();
        String text = new String(resource("axfr-edge.differences"), StandardCharsets.UTF_8);
        text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(line -> assertThat(listed.add(line)).as("listed twice: " + line).isTrue());
        return listed;
    }

    /**
     * @param master address of the only master, which served the state
     */
    private static SortedSet<String> rows(JsonNode state, String master) {
        MesosRules rules =
                new MesosRules(
                        new MesosDnsRules(
                                "mesos",
                                List.of(
                                        IpSource.NETINFO,
                                        IpSource.DOCKER,
                                        IpSource.MESOS,
                                        IpSource.HOST),
                                HostNameRule.RFC1123,
                                1),
                        "ns1.mesos",
                        List.of(IpAddress.literal("127.0.0.1")));
        List<ZoneRow> rows =
                rules.rows(
                        MesosState.read(state, "master@" + master, List.of(master)),
                        host ->
                                host.equals("localhost")
                                        ? List.of(IpAddress.literal("127.0.0.1"))
                                        : List.of());
        SortedSet<String> text = new TreeSet<>();
        for (ZoneRow row : rows) {
            if (row.zone().equals("mesos")) {
                text.add(row.name() + ". " + row.type() + " " + row.data());
            }
        }
        return text;
    }

    /** The records of the zone in a {@code /v1/axfr} document. */
    private static SortedSet<String> zone(JsonNode axfr) {
        SortedSet<String> zone = new TreeSet<>();
        JsonNode records = axfr.path("Records");
        records.path("As").forEachEntry((name, list) -> add(zone, name, "A", list));
        records.path("AAAAs").forEachEntry((name, list) -> add(zone, name, "AAAA", list));
        records.path("SRVs").forEachEntry((name, list) -> add(zone, name, "SRV", list));
        return zone;
    }

    private static void add(SortedSet<String> zone, String name, String type, JsonNode values) {
        List<String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value.asText()));
        for (String text : texts) {
            int colon = text.lastIndexOf(':');
            String data =
                    type.equals("SRV")
                            ? "0 1 " + text.substring(colon + 1) + " " + text.substring(0, colon)
                            : text;
            zone.add(name + " " + type + " " + data);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in =
                MesosRulesGoldenTest.class.getResourceAsStream("/mesos-dns/" + name)) {
            return in.readAllBytes();
        }
    }
}
