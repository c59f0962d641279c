package io.meridian.controlplane.compat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.controlplane.json.JsonDocument;
import io.meridian.controlplane.json.JsonStyle;
import io.meridian.dns.ServedZone;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.table.Owner;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.testkit.Fixtures;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Two states as a real Mesos-DNS 0.7 showed them. The rows that a recorded answer implies give the
 * same bytes again, except for the order of values, which is random in Mesos-DNS.
 */
class MesosDnsGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"fake", "edge"})
    void aZoneIsShownAsMesosDnsShowsIt(String state) throws IOException {
        String golden = Fixtures.text("mesos/mesos-dns/axfr-" + state + ".json");
        JsonNode axfr = JSON.readTree(golden);
        ServedZone zone = Served.mesos(axfr.path("Serial").asLong(), Served.rows(axfr));

        String shown = text(MesosDnsDocuments.axfr(zone, axfr.path("RefreshSeconds").asInt()));

        assertThat(sortedValues(shown)).isEqualTo(sortedValues(golden));
        assertThat(axfr.path("Records").path("As")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fake", "edge"})
    void tasksAreEnumeratedAsMesosDnsDoes(String state) throws IOException {
        String golden = Fixtures.text("mesos/mesos-dns/enumerate-" + state + ".json");
        JsonNode enumeration = JSON.readTree(golden);

        JsonNode shown =
                JSON.readTree(
                        text(MesosDnsDocuments.enumerate(Served.mesos(1, taskRows(enumeration)))));

        assertThat(tasks(shown)).isEqualTo(tasks(enumeration));
        assertThat(
                        text(
                                JsonDocument.of(
                                        JsonStyle.MESOS_DNS,
                                        out -> JSON.writeTree(out, enumeration))))
                .as("spelling, in the order of the golden answer")
                .isEqualTo(golden);
    }

    private static List<ZoneRow> taskRows(JsonNode enumeration) {
        List<ZoneRow> rows = new ArrayList<>();
        for (JsonNode framework : enumeration.path("frameworks")) {
            for (JsonNode task : tasksOf(framework)) {
                String owner =
                        Owner.of(
                                new ServiceId(
                                        framework.path("name").asText(),
                                        task.path("name").asText()),
                                new TaskId(task.path("id").asText()));
                for (JsonNode record : task.path("records")) {
                    rows.add(
                            Served.row(
                                    record.path("name").asText(),
                                    RecordType.valueOf(record.path("rtype").asText()),
                                    record.path("host").asText(),
                                    owner));
                }
            }
        }
        return rows;
    }

    /**
     * Records by framework, task name and task id; without frameworks that have no task, because
     * rows belong to tasks.
     */
    private static SortedMap<String, SortedSet<String>> tasks(JsonNode enumeration) {
        SortedMap<String, SortedSet<String>> tasks = new TreeMap<>();
        for (JsonNode framework : enumeration.path("frameworks")) {
            for (JsonNode task : tasksOf(framework)) {
                SortedSet<String> records = new TreeSet<>();
                task.path("records").forEach(record -> records.add(record.toString()));
                tasks.put(
                        framework.path("name").asText()
                                + "|"
                                + task.path("name").asText()
                                + "|"
                                + task.path("id").asText(),
                        records);
            }
        }
        return tasks;
    }

    /** Without the task that has an empty name, because a service id cannot be empty. */
    private static List<JsonNode> tasksOf(JsonNode framework) {
        List<JsonNode> tasks = new ArrayList<>();
        for (JsonNode task : framework.path("tasks")) {
            if (!task.path("name").asText().isEmpty()) {
                tasks.add(task);
            }
        }
        return tasks;
    }

    /** The text with the lines of each list of values sorted. */
    static List<String> sortedValues(String text) {
        List<String> lines = new ArrayList<>();
        List<String> values = new ArrayList<>();
        boolean inList = false;
        for (String line : text.split("\n", -1)) {
            if (inList && line.strip().startsWith("]")) {
                Collections.sort(values);
                lines.addAll(values);
                values.clear();
                inList = false;
            }
            if (inList) {
                values.add(line.endsWith(",") ? line.substring(0, line.length() - 1) : line);
            } else {
                lines.add(line);
            }
            inList = inList || line.endsWith("[");
        }
        return lines;
    }

    private static String text(JsonDocument document) {
        return new String(document.bytes(), StandardCharsets.UTF_8);
    }
}
