package io.meridian.feed;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.node.FeedClient;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The current image of one table, for whoever wants to look at any time; any thread. Written by the
 * table's {@link FeedServer} on a master, by its {@link FeedClient} on a node (after all publishers
 * have obeyed).
 */
public final class CurrentImage<R extends Row, I extends Image<R, I>> {
    /**
     * What is shown.
     *
     * @param loadedAt when this image was first shown
     */
    public record Shown<I>(I image, Provenance provenance, Instant loadedAt) {}

    private final TableType<R, I> type;
    private final AtomicReference<Optional<Shown<I>>> shown =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Instant>> confirmed =
            new AtomicReference<>(Optional.empty());

    private final AtomicReference<OptionalLong> heard = new AtomicReference<>(OptionalLong.empty());

    private final CompletableFuture<Void> started = new CompletableFuture<>();

    public CurrentImage(TableType<R, I> type) {
        this.type = type;
    }

    /** A view of an image that does not change, such as for a page that is made once. */
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
        return shown.get();
    }

    /** The current image; the empty one before the first. */
    public I image() {
        return shown.get().map(Shown::image).orElse(type.empty());
    }

    /** The current image's revision; {@link Provenance#NO_REVISION} before the first. */
    public long revision() {
        return shown.get().map(now -> now.provenance().revision()).orElse(Provenance.NO_REVISION);
    }

    /**
     * When a master (on a master: the database) last said that nothing newer exists; empty if never
     * in this run.
     */
    public Optional<Instant> confirmedAt() {
        return confirmed.get();
    }

    /**
     * For how long the image may have been out of date, seconds; 0 while it is confirmed, or never
     * was in this run and nothing is shown.
     *
     * @param tolerance age of a confirmation that is still fresh, such as twice {@code
     *     meridian.feed.server.long-poll-timeout}
     */
    public double lagSeconds(Instant now, Duration tolerance) {
        Optional<Instant> last = confirmed.get().or(() -> shown.get().map(Shown::loadedAt));
        Duration age = last.map(at -> Duration.between(at, now)).orElse(Duration.ZERO);
        return age.compareTo(tolerance) <= 0 ? 0 : age.toMillis() / 1000.0;
    }

    /** Whether a master has answered within that time, be it that it has nothing yet. */
    public boolean heardWithin(Duration limit) {
        OptionalLong last = heard.get();
        return last.isPresent() && System.nanoTime() - last.getAsLong() <= limit.toNanos();
    }

    /**
     * Done once the node's own file has been read and obeyed, or could not be: what a restart can
     * serve by itself is served from then on. Of a node's views only.
     */
    public CompletionStage<Void> started() {
        return started.minimalCompletionStage();
    }

    public void hear() {
        heard.set(OptionalLong.of(System.nanoTime()));
    }

    public void start() {
        started.complete(null);
    }

    public void show(I image, Provenance provenance, Instant at) {
        shown.set(Optional.of(new Shown<>(image, provenance, at)));
    }

    public void confirm(Instant at) {
        confirmed.set(Optional.of(at));
    }
}
