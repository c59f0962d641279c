package io.meridian.feed;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.node.FeedClient;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Holds the current image of one table. Any thread may read it. On a master the {@link FeedServer}
 * writes it, on a node the {@link FeedClient}, after all publishers have applied the image.
 */
public final class CurrentImage<R extends Row, I extends Image<R, I>> {
    /**
     * An image with its origin.
     *
     * @param loadedAt when this image became the current one
     */
    public record Shown<I>(I image, Provenance provenance, Instant loadedAt) {}

    private final TableType<R, I> type;
    private volatile @Nullable Shown<I> shown;
    private volatile @Nullable Instant confirmedAt;

    private volatile @Nullable String diskFault;

    private final CompletableFuture<Void> started = new CompletableFuture<>();

    public CurrentImage(TableType<R, I> type) {
        this.type = type;
    }

    /** Returns a holder of an image that does not change. */
    public static <R extends Row, I extends Image<R, I>> CurrentImage<R, I> showing(
            TableType<R, I> type, I image, long revision, Instant at) {
        CurrentImage<R, I> view = new CurrentImage<>(type);
        view.show(image, new Provenance(revision, Provenance.Origin.SNAPSHOT), at);
        return view;
    }

    public TableType<R, I> type() {
        return type;
    }

    /** Empty before the first complete image. */
    public Optional<Shown<I>> shown() {
        return Optional.ofNullable(shown);
    }

    /** The current image; the empty one before the first. */
    public I image() {
        return shown().map(Shown::image).orElse(type.empty());
    }

    /** The current image's revision; {@link Provenance#NO_REVISION} before the first. */
    public long revision() {
        return shown().map(now -> now.provenance().revision()).orElse(Provenance.NO_REVISION);
    }

    /**
     * When a master (on a master: the database) last confirmed that the image is the newest; empty
     * if never in this run.
     */
    public Optional<Instant> confirmedAt() {
        return Optional.ofNullable(confirmedAt);
    }

    /**
     * Returns the time for which the image may have been out of date, seconds; 0 while its
     * confirmation is fresh, and before the first image.
     *
     * @param tolerance largest age of a fresh confirmation, such as twice {@code
     *     meridian.feed.server.long-poll-timeout}
     */
    public double lagSeconds(Instant now, Duration tolerance) {
        Optional<Instant> last = confirmedAt().or(() -> shown().map(Shown::loadedAt));
        Duration age = last.map(at -> Duration.between(at, now)).orElse(Duration.ZERO);
        return age.compareTo(tolerance) <= 0 ? 0 : age.toMillis() / 1000.0;
    }

    /** Why the last write of the node's image file failed, a sentence; empty if it did not. */
    public Optional<String> diskFault() {
        return Optional.ofNullable(diskFault);
    }

    public void written() {
        diskFault = null;
    }

    public void notWritten(String why) {
        diskFault = why;
    }

    /**
     * Completes once the node's image file was published or found unusable: from then on the node
     * serves what a restart can serve by itself. On nodes only.
     */
    public CompletionStage<Void> started() {
        return started.minimalCompletionStage();
    }

    public void start() {
        started.complete(null);
    }

    public void show(I image, Provenance provenance, Instant at) {
        shown = new Shown<>(image, provenance, at);
    }

    public void confirm(Instant at) {
        confirmedAt = at;
    }
}
