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
 * A master's image of one table and its recent steps. Pure of actors and clocks; one thread at a
 * time.
 */
final class MasterTable<R extends Row, I extends Image<R, I>> {
    /** The effect of a read on the image. */
    sealed interface Effect<R extends Row> {
        /** The image is that of the database. */
        record Same<R extends Row>() implements Effect<R> {}

        /** The image has a later revision. The changes are exact. */
        record Newer<R extends Row>(List<Change<R>> changes) implements Effect<R> {}

        /**
         * The database was replaced: it has other content at the image's revision, or a lower
         * revision. The changes are exact.
         */
        record Replaced<R extends Row>(long before, List<Change<R>> changes) implements Effect<R> {}

        /** The steps skip a revision: the whole table must be read. */
        record Gap<R extends Row>(long after, long next) implements Effect<R> {}
    }

    private final TableType<R, I> type;
    private final RecentSteps recent;
    private I image;
    private long revision = Provenance.NO_REVISION;
    private long digest = ImageDigest.EMPTY;

    MasterTable(TableType<R, I> type, int maxSteps, int maxChanges) {
        this.type = type;
        this.image = type.empty();
        this.recent = new RecentSteps(maxSteps, maxChanges);
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

    /** Continues with the image of an actor that has restarted. */
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
        recent.add(before, revision, type.text().changes(changes), changes.size());
        return new Effect.Newer<>(changes);
    }

    /**
     * Applies the steps behind the image's revision and skips those that it has already. After a
     * gap it applies none, so the changes of the next read are exact.
     *
     * @param steps oldest first
     */
    Effect<R> follow(List<TableStep<R>> steps) {
        List<TableStep<R>> news =
                steps.stream().filter(step -> step.revision() > revision).toList();
        if (news.isEmpty()) {
            return new Effect.Same<>();
        }
        long reached = revision;
        for (TableStep<R> step : news) {
            if (step.revision() != reached + 1) {
                return new Effect.Gap<>(reached, step.revision());
            }
            reached = step.revision();
        }
        I start = image;
        news.forEach(this::apply);
        List<Change<R>> all = news.stream().flatMap(step -> step.changes().stream()).toList();
        return new Effect.Newer<>(Delta.effective(type, start, all));
    }

    private void apply(TableStep<R> step) {
        List<Change<R>> effective = Delta.effective(type, image, step.changes());
        recent.add(revision, step.revision(), step.text(), step.changes().size());
        set(image.apply(effective), step.revision(), ImageDigest.after(type, digest, effective));
    }

    /**
     * Returns the texts of the changes behind an older revision, oldest first; empty if the
     * revision is too old or was never one of this table.
     */
    Optional<List<String>> since(long after) {
        return recent.since(after);
    }

    /** Whether changes lead from that revision to the image's. */
    boolean reachable(long from) {
        return from == revision || recent.covers(from);
    }

    private void set(I newImage, long newRevision, long newDigest) {
        image = newImage;
        revision = newRevision;
        digest = newDigest;
    }
}
