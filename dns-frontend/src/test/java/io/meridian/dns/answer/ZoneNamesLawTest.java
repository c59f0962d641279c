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

/** Entries of a zone do not depend on the deltas that made its image. */
class ZoneNamesLawTest {
    private static final ZoneProfile PROFILE =
            ZoneProfile.mesos("mesos", 60, List.of(IpAddress.literal("192.0.2.53")));

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
    void aWholeImageAndItsDeltasGiveTheSameEntries(
            @ForAll("changes") List<Change<ZoneRow>> first,
            @ForAll("batches") List<List<Change<ZoneRow>>> then) {
        ZoneImage image = ZoneImage.EMPTY.apply(first);
        ZoneNames whole = ZoneNames.of(PROFILE, image, PROFILE.own());
        ZoneNames changed =
                ZoneNames.none(PROFILE)
                        .with(Set.of("ns1.mesos"), ZoneImage.EMPTY, PROFILE.own())
                        .with(touched(first), image, PROFILE.own());
        assertSame(whole, changed);
        for (List<Change<ZoneRow>> batch : then) {
            image = image.apply(batch);
            whole = whole.with(touched(batch), image, PROFILE.own());
            changed = changed.with(touched(batch), image, PROFILE.own());
            assertSame(whole, changed);
        }
        assertThat(contents(whole)).isEqualTo(contents(changed));
    }

    @Property(tries = 100)
    void anInvalidNameIsOmittedAndCounted(@ForAll("changes") List<Change<ZoneRow>> changes) {
        ZoneImage readable = ZoneImage.EMPTY.apply(changes);
        Change<ZoneRow> bad = row(UNREACHABLE, RecordType.A, "192.0.2.1", "s t1");
        ZoneImage image = readable.apply(List.of(bad));

        ZoneNames without = ZoneNames.of(PROFILE, readable, PROFILE.own());
        ZoneNames whole = ZoneNames.of(PROFILE, image, PROFILE.own());

        assertThat(whole.leftOut()).isEqualTo(without.leftOut() + 1);
        assertThat(contents(whole)).isEqualTo(contents(without));
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
