package io.meridian.controlplane.compat;

import com.fasterxml.jackson.core.JsonGenerator;

import io.meridian.controlplane.json.JsonDocument;
import io.meridian.controlplane.json.JsonDocument.Part;
import io.meridian.controlplane.json.JsonStyle;
import io.meridian.dns.ServedZone;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRecord;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes Mesos-DNS's answers from the zone of tasks: same keys, order and spelling (specs: mesos-dns
 * 3). Lists that Mesos-DNS leaves in random order are sorted.
 */
final class MesosDnsDocuments {
    private MesosDnsDocuments() {}

    /** {@code /v1/version}; {@code Service} is "Mesos-DNS", because clients look for that name. */
    static JsonDocument version(String version) {
        return document(
                out -> {
                    out.writeStartObject();
                    out.writeStringField("Service", "Mesos-DNS");
                    out.writeStringField("URL", "https://github.com/mesosphere/mesos-dns");
                    out.writeStringField("Version", version);
                    out.writeEndObject();
                });
    }

    /**
     * {@code /v1/hosts/{host}}: IPv4 before IPv6 addresses; one blank element for an unknown name.
     *
     * @param host name from the request, not normalised
     */
    static JsonDocument hosts(ServedZone zone, String host) {
        String name = key(host);
        List<ZoneRecord> found =
                zone.records(name).stream()
                        .filter(record -> isAddress(record.type()))
                        .sorted(Comparator.comparing(ZoneRecord::type))
                        .toList();
        return document(
                out -> {
                    out.writeStartArray();
                    for (ZoneRecord record : found) {
                        fields(out, "host", record.name() + ".", "ip", record.data());
                    }
                    if (found.isEmpty()) {
                        fields(out, "host", "", "ip", "");
                    }
                    out.writeEndArray();
                });
    }

    /**
     * {@code /v1/services/{service}}: each target with its first address of each family; one blank
     * element if there is none.
     *
     * @param service name from the request, not normalised; repeated in the answer
     */
    static JsonDocument services(ServedZone zone, String service) {
        record Found(SrvData srv, String address) {}
        List<Found> found = new ArrayList<>();
        for (SrvData srv : srvs(zone.records(key(service)))) {
            List<ZoneRecord> target = zone.records(srv.target());
            Stream.of(RecordType.A, RecordType.AAAA)
                    .flatMap(type -> first(target, type).stream())
                    .forEach(address -> found.add(new Found(srv, address)));
        }
        return document(
                out -> {
                    out.writeStartArray();
                    for (Found one : found) {
                        fields(
                                out,
                                "service",
                                service,
                                "host",
                                one.srv().target() + ".",
                                "ip",
                                one.address(),
                                "port",
                                Integer.toString(one.srv().port()));
                    }
                    if (found.isEmpty()) {
                        fields(out, "service", "", "host", "", "ip", "", "port", "");
                    }
                    out.writeEndArray();
                });
    }

    /**
     * {@code /v1/enumerate}. Leaves out frameworks without running tasks, because the zone has no
     * rows of them.
     */
    static JsonDocument enumerate(ServedZone zone) {
        return new JsonDocument(
                JsonStyle.MESOS_DNS,
                () -> {
                    Map<String, List<Enumeration.Task>> frameworks =
                            Enumeration.of(zone.rows()).frameworks();
                    List<Part> parts = new ArrayList<>();
                    parts.add(
                            out -> {
                                out.writeStartObject();
                                out.writeFieldName("frameworks");
                            });
                    if (frameworks.isEmpty()) {
                        parts.add(JsonGenerator::writeNull);
                    } else {
                        parts.add(JsonGenerator::writeStartArray);
                        frameworks.forEach((name, tasks) -> framework(name, tasks, parts));
                        parts.add(JsonGenerator::writeEndArray);
                    }
                    parts.add(JsonGenerator::writeEndObject);
                    return parts.stream();
                });
    }

    private static void framework(String name, List<Enumeration.Task> tasks, List<Part> parts) {
        parts.add(
                out -> {
                    out.writeStartObject();
                    out.writeArrayFieldStart("tasks");
                });
        tasks.forEach(task -> parts.add(out -> task(out, task)));
        parts.add(
                out -> {
                    out.writeEndArray();
                    out.writeStringField("name", name);
                    out.writeEndObject();
                });
    }

    private static void task(JsonGenerator out, Enumeration.Task task) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", task.name());
        out.writeStringField("id", task.id());
        out.writeFieldName("records");
        if (task.records().isEmpty()) {
            out.writeNull();
        } else {
            out.writeStartArray();
            for (ZoneRecord record : task.records()) {
                fields(
                        out,
                        "name",
                        record.name() + ".",
                        "host",
                        value(record),
                        "rtype",
                        record.type().name());
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    /**
     * {@code /v1/axfr}: every address and SRV record of the zone.
     *
     * @param refreshSeconds value of {@code RefreshSeconds}, as in {@code /v1/config}
     */
    static JsonDocument axfr(ServedZone zone, int refreshSeconds) {
        return new JsonDocument(
                JsonStyle.MESOS_DNS,
                () -> {
                    List<String> names =
                            zone.names().stream()
                                    .sorted(Comparator.comparing(name -> name + "."))
                                    .toList();
                    Stream<Part> records =
                            Stream.concat(
                                    table("As", RecordType.A, zone, names),
                                    Stream.concat(
                                            table("AAAAs", RecordType.AAAA, zone, names),
                                            table("SRVs", RecordType.SRV, zone, names)));
                    return Stream.concat(
                            Stream.<Part>of(out -> header(out, zone, refreshSeconds)),
                            Stream.concat(
                                    records,
                                    Stream.<Part>of(
                                            out -> {
                                                out.writeEndObject();
                                                out.writeEndObject();
                                            })));
                });
    }

    private static void header(JsonGenerator out, ServedZone zone, int refreshSeconds)
            throws IOException {
        out.writeStartObject();
        out.writeNumberField("TTL", zone.ttl());
        out.writeNumberField("Serial", zone.soa().serial());
        out.writeNumberField("RefreshSeconds", refreshSeconds);
        out.writeStringField("Mname", zone.soa().server().toString());
        out.writeStringField("Rname", zone.soa().mailbox().toString());
        out.writeStringField("Domain", zone.origin());
        out.writeObjectFieldStart("Records");
    }

    private static Stream<Part> table(
            String title, RecordType type, ServedZone zone, List<String> names) {
        Stream<Part> rows =
                names.stream()
                        .filter(
                                name ->
                                        zone.records(name).stream()
                                                .anyMatch(record -> record.type() == type))
                        .map(name -> out -> row(out, type, zone, name));
        return Stream.concat(
                Stream.concat(Stream.<Part>of(out -> out.writeObjectFieldStart(title)), rows),
                Stream.<Part>of(JsonGenerator::writeEndObject));
    }

    private static void row(JsonGenerator out, RecordType type, ServedZone zone, String name)
            throws IOException {
        out.writeArrayFieldStart(name + ".");
        List<ZoneRecord> records = zone.records(name);
        if (type == RecordType.SRV) {
            for (SrvData srv : srvs(records)) {
                out.writeString(srv.target() + ".:" + srv.port());
            }
        } else {
            for (ZoneRecord record : records) {
                if (record.type() == type) {
                    out.writeString(record.data());
                }
            }
        }
        out.writeEndArray();
    }

    /**
     * Normalises a name: lower case, without the {@code .*} that stands for any group, without
     * trailing dot.
     */
    private static String key(String asked) {
        String name = asked.toLowerCase(Locale.ROOT).replace(".*", "");
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static boolean isAddress(RecordType type) {
        return type == RecordType.A || type == RecordType.AAAA;
    }

    private static List<SrvData> srvs(List<ZoneRecord> records) {
        return records.stream().flatMap(record -> SrvData.of(record).stream()).sorted().toList();
    }

    private static Optional<String> first(List<ZoneRecord> records, RecordType type) {
        return records.stream()
                .filter(record -> record.type() == type)
                .map(ZoneRecord::data)
                .findFirst();
    }

    private static String value(ZoneRecord record) {
        return SrvData.of(record)
                .map(srv -> srv.target() + ".:" + srv.port())
                .orElse(record.data());
    }

    private static JsonDocument document(Part part) {
        return JsonDocument.of(JsonStyle.MESOS_DNS, part);
    }

    /**
     * Writes an object with text values.
     *
     * @param pairs names and values, alternating
     */
    private static void fields(JsonGenerator out, String... pairs) throws IOException {
        out.writeStartObject();
        for (int i = 0; i < pairs.length; i += 2) {
            out.writeStringField(pairs[i], pairs[i + 1]);
        }
        out.writeEndObject();
    }
}
