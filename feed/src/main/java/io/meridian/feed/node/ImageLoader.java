package io.meridian.feed.node;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.Delta;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Provenance;
import io.meridian.feed.TableType;
import io.meridian.feed.wire.DamagedFrame;
import io.meridian.feed.wire.FeedFrame;

import java.util.List;

/**
 * Applies frames to a node's image. Immutable and pure. An image to publish is always complete and
 * its changes are exact.
 *
 * <p>Changes apply only if they start at the image's revision and lead to the master's digest.
 * After any other changes the node needs a snapshot. Revisions go back in one case only: a database
 * that was restored from an older backup stays at a lower revision. After {@code
 * rollbackConfirmations} such answers in a row, from masters that can read their database, the
 * loader accepts the older snapshot. The digest tells a restored database that has passed the
 * image's revision.
 *
 * @param revision {@link Provenance#NO_REVISION} before the first image
 * @param digest of the image
 * @param needsSnapshot changes can no longer be applied
 * @param olderReplies number of answers in a row that were older than the image
 * @param rollbackConfirmations number of older answers that confirm a rollback, 1 or more
 */
public record ImageLoader<R extends Row, I extends Image<R, I>>(
        TableType<R, I> type,
        I image,
        long revision,
        long digest,
        boolean needsSnapshot,
        int olderReplies,
        int rollbackConfirmations) {
    public static <R extends Row, I extends Image<R, I>> ImageLoader<R, I> empty(
            TableType<R, I> type, int rollbackConfirmations) {
        return new ImageLoader<>(
                type,
                type.empty(),
                Provenance.NO_REVISION,
                ImageDigest.EMPTY,
                true,
                0,
                rollbackConfirmations);
    }

    public boolean loaded() {
        return revision != Provenance.NO_REVISION;
    }

    /** Whether a rollback was confirmed, so a snapshot of a lower revision is accepted. */
    public boolean acceptsRollback() {
        return olderReplies >= rollbackConfirmations;
    }

    /** Loads the snapshot of the node's image file. Only for an empty loader. */
    public FrameOutcome<R, I> restored(FeedFrame.Snapshot<R> saved) {
        return replaced(saved, Provenance.Origin.DISK);
    }

    public FrameOutcome<R, I> apply(FeedFrame<R> frame) {
        if (frame.table() != type.table()) {
            throw new IllegalArgumentException(
                    "frame of table " + frame.table() + " for image of " + type.table());
        }
        return switch (frame) {
            case FeedFrame.Snapshot<R> snapshot -> snapshot(snapshot);
            case FeedFrame.Changes<R> changes -> changes(changes);
            case FeedFrame.Unchanged<R> unchanged -> unchanged(unchanged);
        };
    }

    /**
     * Takes the image of a master in the same process, which needs no encoding.
     *
     * @param theirDigest digest of the master's image
     */
    public FrameOutcome<R, I> fromLocalMaster(I theirs, long theirRevision, long theirDigest) {
        if (theirRevision < revision && !acceptsRollback()) {
            return older(theirRevision);
        }
        return isCurrent(theirRevision, theirDigest)
                ? current()
                : replaced(
                        theirs,
                        new Provenance(theirRevision, Provenance.Origin.SNAPSHOT),
                        theirDigest);
    }

    /** Notes that a reply was no readable frame. */
    public FrameOutcome<R, I> damaged(DamagedFrame cause) {
        return ask("damaged frame: " + cause.getMessage());
    }

    private FrameOutcome<R, I> snapshot(FeedFrame.Snapshot<R> snapshot) {
        if (snapshot.revision() < revision && !acceptsRollback()) {
            return older(snapshot.revision());
        }
        return replaced(snapshot, Provenance.Origin.SNAPSHOT);
    }

    private FrameOutcome<R, I> replaced(FeedFrame.Snapshot<R> snapshot, Provenance.Origin origin) {
        return isCurrent(snapshot.revision(), snapshot.digest())
                ? current()
                : replaced(
                        type.image(snapshot.rows()),
                        new Provenance(snapshot.revision(), origin),
                        snapshot.digest());
    }

    private FrameOutcome<R, I> replaced(I next, Provenance provenance, long newDigest) {
        return publish(next, Delta.lazyBetween(type, image, next), provenance, newDigest);
    }

    private boolean isCurrent(long theirRevision, long theirDigest) {
        return theirRevision == revision && theirDigest == digest;
    }

    private FrameOutcome<R, I> current() {
        return new FrameOutcome.Current<>(with(image, revision, digest));
    }

    private FrameOutcome<R, I> changes(FeedFrame.Changes<R> frame) {
        if (loaded() && frame.to() <= revision) {
            return older(frame.to());
        }
        if (frame.from() != revision) {
            return ask(
                    "gap: changes start at revision "
                            + frame.from()
                            + ", the image is at "
                            + revision);
        }
        List<Change<R>> felt = Delta.effective(type, image, frame.changes());
        long newDigest = ImageDigest.after(type, digest, felt);
        if (newDigest != frame.digest()) {
            return ask("content differs from the master's at revision " + frame.to());
        }
        return publish(
                image.apply(felt),
                felt,
                new Provenance(frame.to(), Provenance.Origin.CHANGES),
                newDigest);
    }

    private FrameOutcome<R, I> unchanged(FeedFrame.Unchanged<R> frame) {
        if (loaded() && frame.revision() < revision) {
            return older(frame.revision());
        }
        if (frame.revision() > revision) {
            return ask(
                    "gap: the master is at revision "
                            + frame.revision()
                            + ", the image is at "
                            + revision);
        }
        return frame.digest() == digest
                ? current()
                : ask("content differs from the master's at revision " + revision);
    }

    private FrameOutcome<R, I> publish(
            I next, List<Change<R>> changes, Provenance provenance, long newDigest) {
        return new FrameOutcome.Publish<>(
                with(next, provenance.revision(), newDigest), changes, provenance);
    }

    private FrameOutcome<R, I> older(long frameRevision) {
        ImageLoader<R, I> next =
                new ImageLoader<>(
                        type,
                        image,
                        revision,
                        digest,
                        needsSnapshot || olderReplies + 1 >= rollbackConfirmations,
                        olderReplies + 1,
                        rollbackConfirmations);
        return new FrameOutcome.Older<>(next, frameRevision);
    }

    private FrameOutcome<R, I> ask(String why) {
        return new FrameOutcome.Ask<>(
                new ImageLoader<>(
                        type, image, revision, digest, true, olderReplies, rollbackConfirmations),
                why);
    }

    private ImageLoader<R, I> with(I newImage, long newRevision, long newDigest) {
        return new ImageLoader<>(
                type, newImage, newRevision, newDigest, false, 0, rollbackConfirmations);
    }

    @Override
    public String toString() {
        return "ImageLoader["
                + type.label()
                + " revision="
                + revision
                + " needsSnapshot="
                + needsSnapshot
                + " olderReplies="
                + olderReplies
                + "]";
    }
}
