package io.meridian.feed.master;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.Delta;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Provenance;
import io.meridian.feed.TableType;

import java.util.List;
import java.util.Optional;

/**
 * A master's image of one table and how it came about lately. No actor, no clock; used by one
 * thread at a time.
 */
final class MasterTable<R extends Row, I extends Image<R, I>> {
    /** What a read of the database did to the image. */
    sealed interface Effect<R extends Row> {
        /** The database has what we have. */
        record Same<R extends Row>() implements Effect<R> {}

        /** The image is newer now; changes are exact. */
        record Newer<R extends Row>(List<Change<R>> changes) implements Effect<R> {}

        /** The table was replaced under us: other content at our revision, or a lower revision. */
        record Replaced<R extends Row>(long before, List<Change<R>> changes) implements Effect<R> {}

        /** The steps don't fit: the whole must be read. */
        record Gap<R extends Row>(long after, long next) implements Effect<R> {}
    }

    private final TableType<R, I> type;
    private final RecentSteps<R> recent;
    private I image;
    private long revision = Provenance.NO_REVISION;
    private long digest = ImageDigest.EMPTY;

    MasterTable(TableType<R, I> type, int maxSteps, int maxChanges) {
        this.type = type;
        this.image = type.empty();
        this.recent = new RecentSteps<>(type, maxSteps, maxChanges);
    }

    boolean loaded() {
        return revision != Provenance.NO_REVISION;
    }

    I image() {
        return image;
    }

    /** {@link Provenance#NO_REVISION} before the first read. */
    long revision() {
        return revision;
    }

    long digest() {
        return digest;
    }

    /** Goes on with an image that was shown before. */
    void resume(I shown, long shownRevision) {
        set(shown, shownRevision, ImageDigest.of(type, shown.rows()));
    }

    Effect<R> whole(LoadedTable<R, I> whole) {
        I next = whole.image();
        if (!loaded()) {
            List<Change<R>> all = Delta.lazyBetween(type, image, next);
            set(next, whole.revision(), whole.digest());
            return new Effect.Newer<>(all);
        }
        List<Change<R>> changes = Delta.between(type, image, next);
        long before = revision;
        if (whole.revision() == before && changes.isEmpty()) {
            return new Effect.Same<>();
        }
        set(next, whole.revision(), ImageDigest.after(type, digest, changes));
        if (whole.revision() <= before) {
            recent.clear();
            return new Effect.Replaced<>(before, changes);
        }
        recent.add(before, revision, changes);
        return new Effect.Newer<>(changes);
    }

    /**
     * @param steps oldest first; those that we have already are passed over
     */
    Effect<R> follow(List<TableStore.Step<R>> steps) {
        long from = revision;
        I start = image;
        for (TableStore.Step<R> step : steps) {
            if (step.revision() > revision + 1) {
                return new Effect.Gap<>(revision, step.revision());
            }
            if (step.revision() == revision + 1) {
                List<Change<R>> felt = Delta.effective(type, image, step.changes());
                recent.add(revision, step.revision(), felt);
                set(image.apply(felt), step.revision(), ImageDigest.after(type, digest, felt));
            }
        }
        return revision == from
                ? new Effect.Same<>()
                : new Effect.Newer<>(changesSince(from, start));
    }

    private List<Change<R>> changesSince(long from, I start) {
        return recent.since(from).orElseGet(() -> Delta.between(type, start, image));
    }

    /** The exact changes behind an older revision; empty if it is too old, or not on our way. */
    Optional<List<Change<R>>> since(long after) {
        return recent.since(after);
    }

    /** Whether who is at that revision can come to ours without a snapshot. */
    boolean reachable(long from) {
        return from == revision || recent.covers(from);
    }

    private void set(I newImage, long newRevision, long newDigest) {
        image = newImage;
        revision = newRevision;
        digest = newDigest;
    }
}
