package io.meridian.dns.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

class NameUpdateLawTest {
    private static final ZoneProfile PROFILE =
            ZoneProfile.mesos(
                    "mesos",
                    60,
                    List.of(IpAddress.literal("192.0.2.53"), IpAddress.literal("::1")));

    /** Rows with invalid names, one that the server also makes, and one of another zone. */
    private static final List<String> NAMES =
            List.of(
                    "mesos",
                    "a.mesos",
                    "b.a.mesos",
                    "c.b.a.mesos",
                    "d.c.b.a.mesos",
                    "ns1.mesos",
                    "x.ns1.mesos",
                    "_http._a._tcp.mesos",
                    "Upper.mesos",
                    "e..mesos",
                    "f\\g.mesos",
                    "h i.a.mesos",
                    "*.a.mesos",
                    "other.org");

    @Property(tries = 500)
    void bulkAndSingleUpdatesGiveTheSameTable(
            @ForAll("changes") List<Change<ZoneRow>> first,
            @ForAll("changes") List<Change<ZoneRow>> then) {
        ZoneImage before = ZoneImage.EMPTY.apply(first);
        NameUpdate old = new NameUpdate(PROFILE, before, PROFILE.own(), NameTable.EMPTY, 0);
        Set<String> touchedFirst = names(first);
        touchedFirst.addAll(PROFILE.own().names("mesos"));
        old.edit(touchedFirst);
        ZoneImage after = before.apply(then);

        NameUpdate edited = new NameUpdate(PROFILE, after, PROFILE.own(), old.table(), old.count());
        edited.edit(names(then));
        NameUpdate filled = new NameUpdate(PROFILE, after, PROFILE.own(), old.table(), old.count());
        filled.fill(names(then));

        assertThat(contents(filled.table())).isEqualTo(contents(edited.table()));
        assertThat(filled.table().size()).isEqualTo(edited.table().size());
        assertThat(filled.count()).isEqualTo(edited.count());
        assertThat(filled.leftOut()).isEqualTo(edited.leftOut());
    }

    @Example
    void largeBulkAndSingleUpdatesGiveTheSameTable() {
        List<Change<ZoneRow>> changes = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            String address = "10.0." + i / 250 + "." + i % 250;
            changes.add(row("big.mesos", RecordType.A, address, "s t" + i));
            changes.add(row("t" + i + "._x.mesos", RecordType.A, address, "s t" + i));
        }
        ZoneImage image = ZoneImage.EMPTY.apply(changes);
        Zone awaited = Zone.awaited(PROFILE);

        Zone filled = awaited.update(changes, image, 1);
        Zone edited = awaited;
        for (int i = 0; i < changes.size(); i += 500) {
            edited = edited.update(changes.subList(i, i + 500), image, 1);
        }

        assertThat(filled.lines()).isEqualTo(edited.lines()).hasSize(6002);
        assertThat(filled.names()).isEqualTo(edited.names()).isEqualTo(3002);
    }

    @Property(tries = 200)
    void duplicateRecordsKeepTheFirstSpelling(@ForAll("many") List<String> addresses) {
        List<ZoneRecord> records =
                addresses.stream()
                        .map(text -> new ZoneRecord("a.mesos", RecordType.AAAA, text))
                        .toList();
        List<Rdata> once = new ArrayList<>();
        for (String text : addresses) {
            Rdata data = Rdata.parse(RecordType.AAAA, text).orElseThrow();
            if (!once.contains(data)) {
                once.add(data);
            }
        }

        assertThat(NameData.parse(records).of(28)).isEqualTo(once);
    }

    private static Change<ZoneRow> row(String name, RecordType type, String data, String owner) {
        return Change.add(new ZoneRow("mesos", name, type, data, owner));
    }

    private static Set<String> names(List<Change<ZoneRow>> changes) {
        Set<String> names = new HashSet<>();
        changes.forEach(change -> names.add(change.row().name()));
        return names;
    }

    private static Map<String, String> contents(NameTable table) {
        Map<String, String> contents = new HashMap<>();
        table.forEach(
                entry ->
                        assertThat(
                                        contents.put(
                                                NameEntry.owner(entry).toString(),
                                                Arrays.toString(entry)))
                                .isNull());
        contents.keySet().forEach(name -> assertThat(Optional.of(find(table, name))).isNotEmpty());
        return contents;
    }

    private static byte[] find(NameTable table, String name) {
        byte[] found = table.find(DnsName.literal(name).lowerCaseWire());
        assertThat(NameEntry.exists(found)).isTrue();
        return found;
    }

    @Provide
    Arbitrary<List<Change<ZoneRow>>> changes() {
        Arbitrary<Map.Entry<RecordType, String>> data =
                Arbitraries.of(
                        Map.entry(RecordType.A, "192.0.2.1"),
                        Map.entry(RecordType.A, "192.0.2.2"),
                        Map.entry(RecordType.A, "no address"),
                        Map.entry(RecordType.AAAA, "fd01::1"),
                        Map.entry(RecordType.AAAA, "fd01:0::1"),
                        Map.entry(RecordType.SRV, "0 1 80 a.mesos."),
                        Map.entry(RecordType.SRV, "0 1 8080 a-longer.a.mesos."),
                        Map.entry(RecordType.CNAME, "A.mesos."),
                        Map.entry(RecordType.TXT, "\"text\""));
        return Combinators.combine(
                        Arbitraries.of(true, true, false),
                        Arbitraries.of(NAMES),
                        data,
                        Arbitraries.of("s t1", "s t2"))
                .as(
                        (added, name, what, owner) ->
                                new Change<>(
                                        added,
                                        new ZoneRow(
                                                "mesos",
                                                name,
                                                what.getKey(),
                                                what.getValue(),
                                                owner)))
                .list()
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<String>> many() {
        List<String> texts = new ArrayList<>();
        IntStream.range(0, 40).forEach(i -> texts.addAll(List.of("fd01::" + i, "fd01:0:0::" + i)));
        return Arbitraries.of(texts).list().ofMaxSize(80);
    }
}
