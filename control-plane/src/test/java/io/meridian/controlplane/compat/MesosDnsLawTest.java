package io.meridian.controlplane.compat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.controlplane.json.JsonDocument;
import io.meridian.dns.ServedZone;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Laws over random rows in random order. */
class MesosDnsLawTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Function<ServedZone, JsonDocument>> DOCUMENTS =
            List.of(
                    MesosDnsDocuments::enumerate,
                    zone -> MesosDnsDocuments.axfr(zone, 60),
                    zone -> MesosDnsDocuments.hosts(zone, "a.mesos"),
                    zone -> MesosDnsDocuments.services(zone, "a.mesos"),
                    zone -> DcosNetDocuments.records(List.of(zone)),
                    zone -> DcosNetDocuments.hosts(List.of(zone), "a.mesos"),
                    zone -> DcosNetDocuments.services(List.of(zone), "a.mesos"));

    @Property(tries = 300)
    void equalTablesGiveEqualBytes(@ForAll("rows") List<ZoneRow> rows, @ForAll Random random) {
        ServedZone straight = Served.mesos(1, rows);
        ServedZone detour = detour(straight, rows, random);

        for (Function<ServedZone, JsonDocument> document : DOCUMENTS) {
            assertThat(document.apply(detour).bytes()).isEqualTo(document.apply(straight).bytes());
        }
    }

    @Property(tries = 300)
    void aZoneParsesBackToItsRecords(@ForAll("rows") List<ZoneRow> rows) throws IOException {
        ServedZone zone = Served.mesos(1, rows);

        JsonNode axfr = JSON.readTree(MesosDnsDocuments.axfr(zone, 60).bytes());

        assertThat(Served.mesos(1, Served.rows(axfr)).records().toList())
                .isEqualTo(zone.records().filter(one -> one.type() != RecordType.TXT).toList());
    }

    @Property(tries = 300)
    void everyRecordOfATaskIsEnumeratedOnce(@ForAll("rows") List<ZoneRow> rows) {
        List<Object> listed = new ArrayList<>();
        Enumeration.of(Served.mesos(1, rows).rows())
                .frameworks()
                .values()
                .forEach(tasks -> tasks.forEach(task -> listed.addAll(task.records())));
        Set<Object> expected = new HashSet<>();
        rows.stream()
                .filter(row -> row.owner().contains(" ") && row.type() != RecordType.TXT)
                .forEach(row -> expected.add(new ZoneRecord(row.name(), row.type(), row.data())));

        assertThat(listed).doesNotHaveDuplicates();
        assertThat(new HashSet<>(listed)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<List<ZoneRow>> rows() {
        Arbitrary<String> names =
                Arbitraries.of("a", "a-b", "_a._tcp", "b.a", "é<x>&\"", "c").map(n -> n + ".mesos");
        Arbitrary<String> owners =
                Arbitraries.of("", "m:/a t1", "m:/a t2", "m:/b t1", "n%20<:x t3", "node");
        Arbitrary<ZoneRow> rows =
                Combinators.combine(
                                names,
                                Arbitraries.of(
                                        RecordType.A,
                                        RecordType.AAAA,
                                        RecordType.SRV,
                                        RecordType.TXT),
                                Arbitraries.integers().between(1, 4),
                                owners)
                        .as(
                                (name, type, number, owner) ->
                                        new ZoneRow(
                                                "mesos", name, type, data(type, number), owner));
        return rows.list().ofMaxSize(40).map(list -> list.stream().distinct().toList());
    }

    private static String data(RecordType type, int number) {
        return switch (type) {
            case A -> "10.0.0." + number;
            case AAAA -> "fd01::" + number;
            case SRV -> "0 1 " + number * 7 + " a.mesos.";
            case TXT, CNAME, PTR -> "\"" + number + "\"";
        };
    }

    /**
     * The same rows in another order, one delta each, with one row that is added and removed
     * between.
     */
    private static ServedZone detour(ServedZone like, List<ZoneRow> rows, Random random) {
        List<ZoneRow> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, random);
        ZoneRow passing = new ZoneRow("mesos", "z.mesos", RecordType.A, "10.9.9.9", "m:/z t");
        ZoneImage image = ZoneImage.EMPTY.apply(List.of(Change.add(passing)));
        for (ZoneRow row : shuffled) {
            image = image.apply(List.of(Change.add(row)));
        }
        image = image.apply(Stream.of(passing).map(Change::remove).toList());
        return new ServedZone(like.origin(), like.ttl(), true, like.soa(), image, ZoneImage.EMPTY);
    }
}
