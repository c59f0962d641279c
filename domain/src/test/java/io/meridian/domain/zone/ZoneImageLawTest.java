package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.ImageBuilder;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

class ZoneImageLawTest {
    private static final List<String> ZONES =
            List.of("mesos", "l4lb.thisdcos.directory", "slave.mesos");

    @Property
    void anyBatchingOfChangesGivesTheSameImage(
            @ForAll("changes") List<Change<ZoneRow>> changes, @ForAll Random random) {
        ZoneImage whole = ZoneImage.EMPTY.apply(changes);
        ZoneImage batched = ZoneImage.EMPTY;
        for (int i = 0; i < changes.size(); ) {
            int end = Math.min(changes.size(), i + random.nextInt(4));
            batched = batched.apply(changes.subList(i, end));
            i = end;
        }

        assertThat(batched).isEqualTo(whole).hasSameHashCodeAs(whole);
        assertThat(batched.rows()).isEqualTo(whole.rows());
    }

    @Property
    void aSnapshotEqualsTheReplay(@ForAll("changes") List<Change<ZoneRow>> changes) {
        ZoneImage replayed = ZoneImage.EMPTY.apply(changes);
        ZoneImage snapshot =
                ZoneImage.EMPTY.apply(replayed.rows().stream().map(Change::add).toList());

        assertThat(snapshot).isEqualTo(replayed);
    }

    @Property
    void anImageBuiltAtOnceEqualsOneBuiltByChanges(
            @ForAll("changes") List<Change<ZoneRow>> changes, @ForAll Random random) {
        List<ZoneRow> rows = new ArrayList<>();
        changes.forEach(change -> rows.add(change.row()));
        ImageBuilder<ZoneRow, ZoneImage> builder = ZoneImage.builder();
        for (int i = 0; i < rows.size(); ) {
            int end = Math.min(rows.size(), i + random.nextInt(4));
            builder.add(rows.subList(i, end));
            i = end;
        }
        ZoneImage image = builder.image();
        ZoneImage applied = ZoneImage.EMPTY.apply(rows.stream().map(Change::add).toList());

        assertThat(image).isEqualTo(applied).hasSameHashCodeAs(applied);
        assertThat(image.rows()).isEqualTo(applied.rows());
        assertThat(image.apply(changes)).isEqualTo(applied.apply(changes));
    }

    @Example
    void dataThatIsTooLongIsRefusedAtOnce() {
        ImageBuilder<ZoneRow, ZoneImage> builder = ZoneImage.builder();
        String longest = "\u20ac".repeat(0xffff / 3); // three bytes each
        builder.add(List.of(new ZoneRow("mesos", "a.mesos", RecordType.TXT, longest, "s t")));
        ZoneRow longer = new ZoneRow("mesos", "a.mesos", RecordType.TXT, longest + "x", "s t");

        assertThatThrownBy(() -> builder.add(List.of(longer)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a.mesos");
        assertThat(builder.image().records("mesos", "a.mesos")).hasSize(1);
    }

    @Example
    void severalThreadsMayAddToABuilder() {
        List<ZoneRow> rows = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            String name = "n" + i % 11_000 + ".x" + i % 3 + ".mesos";
            rows.add(new ZoneRow("mesos", name, RecordType.A, "10.0.0." + i % 7, "s t" + i));
        }
        ImageBuilder<ZoneRow, ZoneImage> builder = ZoneImage.builder();
        IntStream.range(0, 200)
                .parallel()
                .forEach(i -> builder.add(rows.subList(100 * i, 100 * i + 100)));

        assertThat(builder.image())
                .isEqualTo(ZoneImage.EMPTY.apply(rows.stream().map(Change::add).toList()));
    }

    @Property
    void anImageHoldsExactlyTheRowsOfASet(@ForAll("changes") List<Change<ZoneRow>> changes) {
        SortedSet<ZoneRow> oracle = oracle(changes);
        ZoneImage image = ZoneImage.EMPTY.apply(changes);

        assertThat(image.rows()).isEqualTo(List.copyOf(oracle));
        assertThat(changes)
                .allMatch(change -> image.contains(change.row()) == oracle.contains(change.row()));
        Set<List<String>> names = new HashSet<>();
        oracle.forEach(row -> names.add(List.of(row.zone(), row.name())));
        assertThat(image.names()).isEqualTo(names.size());
        TreeSet<String> zones = new TreeSet<>();
        oracle.forEach(row -> zones.add(row.zone()));
        assertThat(image.zones()).isEqualTo(zones);
    }

    @Property
    void recordsAreSortedRowsWithoutTheirOwners(@ForAll("changes") List<Change<ZoneRow>> changes) {
        SortedSet<ZoneRow> oracle = oracle(changes);
        ZoneImage image = ZoneImage.EMPTY.apply(changes);

        for (String zone : ZONES) {
            TreeSet<ZoneRecord> ofZone = new TreeSet<>();
            oracle.stream()
                    .filter(row -> row.zone().equals(zone))
                    .forEach(row -> ofZone.add(record(row)));
            assertThat(image.records(zone)).isEqualTo(List.copyOf(ofZone));
            assertThat(image.names(zone))
                    .isEqualTo(ofZone.stream().map(ZoneRecord::name).distinct().toList());
            for (String name : candidates(zone)) {
                assertThat(image.records(zone, name))
                        .isEqualTo(
                                ofZone.stream()
                                        .filter(found -> found.name().equals(name))
                                        .toList());
            }
        }
    }

    @Property
    void aNameHasNamesBelowExactlyIfOneEndsInIt(@ForAll("changes") List<Change<ZoneRow>> changes) {
        SortedSet<ZoneRow> oracle = oracle(changes);
        ZoneImage image = ZoneImage.EMPTY.apply(changes);

        for (String zone : ZONES) {
            for (String name : candidates(zone)) {
                boolean below =
                        oracle.stream()
                                .anyMatch(
                                        row ->
                                                row.zone().equals(zone)
                                                        && row.name().endsWith("." + name));
                assertThat(image.hasNamesBelow(zone, name))
                        .as(name + " in " + zone)
                        .isEqualTo(below);
            }
        }
    }

    @Property
    void repeatingChangesChangesNothing(@ForAll("changes") List<Change<ZoneRow>> changes) {
        ZoneImage image = ZoneImage.EMPTY.apply(changes);
        List<Change<ZoneRow>> idle =
                changes.stream()
                        .map(change -> new Change<>(image.contains(change.row()), change.row()))
                        .toList();

        assertThat(image.apply(idle)).isEqualTo(image);
    }

    @Property
    void removingEveryRowLeavesTheEmptyImage(@ForAll("changes") List<Change<ZoneRow>> changes) {
        ZoneImage image = ZoneImage.EMPTY.apply(changes);
        List<ZoneRow> before = image.rows();

        assertThat(image.apply(before.stream().map(Change::remove).toList()))
                .isEqualTo(ZoneImage.EMPTY);
        assertThat(image.rows()).as("the old image stays").isEqualTo(before);
    }

    private static SortedSet<ZoneRow> oracle(List<Change<ZoneRow>> changes) {
        SortedSet<ZoneRow> rows = new TreeSet<>();
        for (Change<ZoneRow> change : changes) {
            if (change.added()) {
                rows.add(change.row());
            } else {
                rows.remove(change.row());
            }
        }
        return rows;
    }

    private static ZoneRecord record(ZoneRow row) {
        return new ZoneRecord(row.name(), row.type(), row.data());
    }

    private static List<String> candidates(String zone) {
        List<String> names = new ArrayList<>(List.of(zone));
        for (String one : List.of("a", "b", "slave")) {
            names.add(one + "." + zone);
            for (String two : List.of("a", "b", "slave")) {
                names.add(two + "." + one + "." + zone);
                names.add("a." + two + "." + one + "." + zone);
            }
        }
        return names;
    }

    @Provide
    Arbitrary<List<Change<ZoneRow>>> changes() {
        Arbitrary<ZoneRow> rows =
                Arbitraries.of(ZONES)
                        .flatMap(
                                zone ->
                                        Combinators.combine(
                                                        Arbitraries.of(candidates(zone)),
                                                        Arbitraries.of(RecordType.values()),
                                                        Arbitraries.of("192.0.2.1", "192.0.2.2"),
                                                        Arbitraries.of("s:/a t1", "s:/a t2"))
                                                .as(
                                                        (name, type, data, owner) ->
                                                                new ZoneRow(
                                                                        zone, name, type, data,
                                                                        owner)));
        return Combinators.combine(Arbitraries.of(true, true, false), rows)
                .as(Change<ZoneRow>::new)
                .list()
                .ofMaxSize(60);
    }
}
