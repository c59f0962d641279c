package io.meridian.dns.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.wire.DnsName;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/** Names that are still to be made give what they will give when they are. */
class ZoneNamesLawTest {
    private static final ZoneTraits TRAITS =
            ZoneTraits.mesos("mesos", 60, List.of(IpAddress.literal("192.0.2.53")));

    private static final List<String> REACHABLE =
            List.of(
                    "mesos",
                    "a.mesos",
                    "b.a.mesos",
                    "c.b.a.mesos",
                    "d.c.b.a.mesos",
                    "ns1.mesos",
                    "x.ns1.mesos",
                    "_http._a._tcp.mesos",
                    "*.a.mesos");
    private static final String UNREACHABLE = "Upper.a.mesos";

    @Property(tries = 500)
    void whatIsNotMadeGivesTheSameAsWhatIs(
            @ForAll("changes") List<Change<ZoneRow>> first,
            @ForAll("batches") List<List<Change<ZoneRow>>> then) {
        ZoneImage image = ZoneImage.EMPTY.apply(first);
        ZoneNames unmade = ZoneNames.showing(TRAITS, image, TRAITS.own(), 1);
        ZoneNames.Made shown = unmade.made();
        ZoneNames made =
                ZoneNames.none(TRAITS)
                        .with(Set.of("ns1.mesos"), ZoneImage.EMPTY, TRAITS.own())
                        .with(touched(first), image, TRAITS.own());
        assertThat(unmade).isInstanceOf(ZoneNames.Unmade.class);
        assertSame(unmade, made);
        for (List<Change<ZoneRow>> batch : then) {
            image = image.apply(batch);
            unmade = unmade.with(touched(batch), image, TRAITS.own());
            made = made.with(touched(batch), image, TRAITS.own());
            assertSame(unmade, made);
        }

        assertThat(unmade).isInstanceOf(ZoneNames.Unmade.class);
        assertSame(unmade.made(), made);
        assertSame(unmade.made(shown), made);
        assertThat(contents(unmade)).isEqualTo(contents(made));
        assertThat(contents(unmade.made(shown))).isEqualTo(contents(made));
    }

    @Property(tries = 100)
    void namesThatNoQueryReachesAreNotLeftForLater(
            @ForAll("changes") List<Change<ZoneRow>> changes) {
        ZoneImage readable = ZoneImage.EMPTY.apply(changes);
        Change<ZoneRow> bad = row(UNREACHABLE, RecordType.A, "192.0.2.1", "s t1");
        ZoneImage image = readable.apply(List.of(bad));

        ZoneNames first = ZoneNames.showing(TRAITS, image, TRAITS.own(), 1);
        ZoneNames updated =
                ZoneNames.showing(TRAITS, readable, TRAITS.own(), 1)
                        .with(Set.of(UNREACHABLE), image, TRAITS.own());

        assertThat(first).isInstanceOf(ZoneNames.Made.class);
        assertThat(updated).isInstanceOf(ZoneNames.Made.class);
        assertThat(first.leftOut()).isPositive();
        assertThat(contents(first)).isEqualTo(contents(updated));
    }

    @Property(tries = 500)
    void aNameIsReachableIfAQueryCanSpellIt(@ForAll("spelled") String name) {
        assertThat(TRAITS.isReachable(name)).isEqualTo(TRAITS.reachable(name).isPresent());
    }

    private static void assertSame(ZoneNames one, ZoneNames other) {
        for (String name : REACHABLE) {
            for (String asked : List.of(name, "no." + name, "_tcp.mesos", "_a._tcp.mesos")) {
                assertThat(one.entry(DnsName.literal(asked)))
                        .as(asked)
                        .isEqualTo(other.entry(DnsName.literal(asked)));
            }
        }
        assertThat(one.count()).isEqualTo(other.count());
    }

    private static TreeSet<String> contents(ZoneNames names) {
        TreeSet<String> contents = new TreeSet<>();
        AtomicInteger count = new AtomicInteger();
        names.forEach(
                entry -> {
                    contents.add(Arrays.toString(entry));
                    count.incrementAndGet();
                });
        assertThat(contents).hasSize(count.get());
        return contents;
    }

    private static Set<String> touched(List<Change<ZoneRow>> changes) {
        Set<String> touched = new HashSet<>();
        changes.forEach(change -> touched.add(change.row().name()));
        return touched;
    }

    private static Change<ZoneRow> row(String name, RecordType type, String data, String owner) {
        return Change.add(new ZoneRow("mesos", name, type, data, owner));
    }

    @Provide
    Arbitrary<String> spelled() {
        Arbitrary<String> labels =
                Arbitraries.of(
                        "",
                        "a",
                        "A",
                        "*",
                        "a b",
                        "a\\b",
                        "_x-9",
                        "x".repeat(63),
                        "x".repeat(64),
                        "mesos",
                        "xmesos",
                        "\u00e9");
        return labels.list()
                .ofMaxSize(5)
                .map(list -> String.join(".", list))
                .flatMap(
                        head -> Arbitraries.of("", ".mesos", "mesos", ".mesos.").map(head::concat));
    }

    @Provide
    Arbitrary<List<List<Change<ZoneRow>>>> batches() {
        return changes().list().ofMaxSize(3);
    }

    @Provide
    Arbitrary<List<Change<ZoneRow>>> changes() {
        Arbitrary<ZoneRow> rows =
                Combinators.combine(
                                Arbitraries.of(REACHABLE),
                                Arbitraries.of("192.0.2.1", "192.0.2.2", "no address"),
                                Arbitraries.of("s t1", "s t2"))
                        .as(
                                (name, data, owner) ->
                                        new ZoneRow("mesos", name, RecordType.A, data, owner));
        return Combinators.combine(Arbitraries.of(true, true, false), rows)
                .as(Change<ZoneRow>::new)
                .list()
                .ofMaxSize(30);
    }
}
