package io.meridian.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.List;

class DeltaLawTest {
    private static final TableType<ZoneRow, ZoneImage> TYPE = TableType.ZONE;

    @Property
    void theDeltaBetweenTwoImagesTurnsOneIntoTheOther(
            @ForAll("histories") List<List<Change<ZoneRow>>> a,
            @ForAll("histories") List<List<Change<ZoneRow>>> b) {
        ZoneImage before = Rows.replayed(a);
        ZoneImage after = Rows.replayed(b);
        assertThat(before.apply(Delta.between(TYPE, before, after))).isEqualTo(after);
        assertThat(Delta.between(TYPE, before, before)).isEmpty();
        assertThat(Delta.lazyBetween(TYPE, before, after))
                .isEqualTo(Delta.between(TYPE, before, after));
    }

    @Property
    void effectiveChangesEqualTheDelta(
            @ForAll("histories") List<List<Change<ZoneRow>>> past,
            @ForAll("commits") List<Change<ZoneRow>> commit) {
        ZoneImage before = Rows.replayed(past);
        assertThat(Delta.effective(TYPE, before, commit))
                .isEqualTo(Delta.between(TYPE, before, before.apply(commit)));
    }

    @Property
    void theEffectOfAHistoryEqualsTheDelta(
            @ForAll("histories") List<List<Change<ZoneRow>>> past,
            @ForAll("histories") List<List<Change<ZoneRow>>> next) {
        ZoneImage start = Rows.replayed(past);
        ZoneImage end = start;
        for (List<Change<ZoneRow>> commit : next) {
            end = end.apply(commit);
        }
        List<Change<ZoneRow>> all = next.stream().flatMap(List::stream).toList();
        assertThat(Delta.effective(TYPE, start, all)).isEqualTo(Delta.between(TYPE, start, end));
    }

    @Property
    void theDigestOfChangesIsTheDigestOfTheWhole(
            @ForAll("histories") List<List<Change<ZoneRow>>> past,
            @ForAll("commits") List<Change<ZoneRow>> commit) {
        ZoneImage before = Rows.replayed(past);
        List<Change<ZoneRow>> effective = Delta.effective(TYPE, before, commit);
        assertThat(ImageDigest.after(TYPE, ImageDigest.of(TYPE, before.rows()), effective))
                .isEqualTo(ImageDigest.of(TYPE, before.apply(effective).rows()));
    }

    @Property
    void differentImagesHaveDifferentDigests(
            @ForAll("histories") List<List<Change<ZoneRow>>> a,
            @ForAll("histories") List<List<Change<ZoneRow>>> b) {
        ZoneImage one = Rows.replayed(a);
        ZoneImage other = Rows.replayed(b);
        assertThat(ImageDigest.of(TYPE, one.rows()) == ImageDigest.of(TYPE, other.rows()))
                .isEqualTo(one.equals(other));
    }

    @Provide
    Arbitrary<List<List<Change<ZoneRow>>>> histories() {
        return Rows.commits().list().ofMaxSize(8);
    }

    @Provide
    Arbitrary<List<Change<ZoneRow>>> commits() {
        return Rows.commits();
    }
}
