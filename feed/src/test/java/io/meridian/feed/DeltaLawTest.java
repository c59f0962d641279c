package io.meridian.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.ArrayList;
import java.util.List;

class DeltaLawTest {
    private static final TableType<ZoneRow, ZoneImage> TYPE = TableType.ZONE;

    @Property
    void theDeltaBetweenTwoImagesLeadsFromOneToTheOther(
            @ForAll("histories") List<List<Change<ZoneRow>>> a,
            @ForAll("histories") List<List<Change<ZoneRow>>> b) {
        ZoneImage before = replayed(a);
        ZoneImage after = replayed(b);
        assertThat(before.apply(Delta.between(TYPE, before, after))).isEqualTo(after);
        assertThat(Delta.between(TYPE, before, before)).isEmpty();
        assertThat(Delta.whenAsked(TYPE, before, after))
                .isEqualTo(Delta.between(TYPE, before, after));
    }

    @Property
    void whatIsFeltIsWhatDiffers(
            @ForAll("histories") List<List<Change<ZoneRow>>> past,
            @ForAll("commits") List<Change<ZoneRow>> commit) {
        ZoneImage before = replayed(past);
        assertThat(Delta.felt(TYPE, before, commit))
                .isEqualTo(Delta.between(TYPE, before, before.apply(commit)));
    }

    @Property
    void theSumOfExactStepsIsTheDeltaOverAllOfThem(
            @ForAll("histories") List<List<Change<ZoneRow>>> past,
            @ForAll("histories") List<List<Change<ZoneRow>>> next) {
        ZoneImage start = replayed(past);
        ZoneImage at = start;
        List<List<Change<ZoneRow>>> steps = new ArrayList<>();
        for (List<Change<ZoneRow>> commit : next) {
            List<Change<ZoneRow>> felt = Delta.felt(TYPE, at, commit);
            steps.add(felt);
            at = at.apply(felt);
        }
        assertThat(Delta.sum(TYPE, steps)).isEqualTo(Delta.between(TYPE, start, at));
    }

    @Property
    void theDigestOfChangesIsTheDigestOfTheWhole(
            @ForAll("histories") List<List<Change<ZoneRow>>> past,
            @ForAll("commits") List<Change<ZoneRow>> commit) {
        ZoneImage before = replayed(past);
        List<Change<ZoneRow>> felt = Delta.felt(TYPE, before, commit);
        assertThat(ImageDigest.after(TYPE, ImageDigest.of(TYPE, before.rows()), felt))
                .isEqualTo(ImageDigest.of(TYPE, before.apply(felt).rows()));
    }

    @Property
    void imagesThatDifferHaveOtherDigests(
            @ForAll("histories") List<List<Change<ZoneRow>>> a,
            @ForAll("histories") List<List<Change<ZoneRow>>> b) {
        ZoneImage one = replayed(a);
        ZoneImage other = replayed(b);
        assertThat(ImageDigest.of(TYPE, one.rows()) == ImageDigest.of(TYPE, other.rows()))
                .isEqualTo(one.equals(other));
    }

    static ZoneImage replayed(List<List<Change<ZoneRow>>> history) {
        ZoneImage image = ZoneImage.EMPTY;
        for (List<Change<ZoneRow>> commit : history) {
            image = image.apply(commit);
        }
        return image;
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
