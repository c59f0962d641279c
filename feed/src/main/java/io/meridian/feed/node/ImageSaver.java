package io.meridian.feed.node;

import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.FeedSettings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Schedules the writes of a node's image file. A changed image is written in the background, at
 * once or when the pause after the last write is over, and when the client stops. Part of {@link
 * FeedClient}: only its thread.
 */
final class ImageSaver<R extends Row, I extends Image<R, I>> {
    private static final String TIMER = "save";

    private final ImageFile<R, I> file;
    private final CurrentImage<R, I> view;
    private final FeedSettings.Client settings;
    private final ActorContext<FeedClient.Command> context;
    private final TimerScheduler<FeedClient.Command> timers;
    private boolean changed;
    private boolean busy; // writing, or in the pause after that
    private boolean failed;

    ImageSaver(
            FeedClient.Node<R, I> node,
            FeedSettings.Client settings,
            ActorContext<FeedClient.Command> context,
            TimerScheduler<FeedClient.Command> timers) {
        this.file = node.file();
        this.view = node.view();
        this.settings = settings;
        this.context = context;
        this.timers = timers;
    }

    void changed(ImageLoader<R, I> loader) {
        changed = true;
        if (!busy) {
            write(loader);
        }
    }

    /** Writes a changed image; the pause after the last write is over. */
    void due(ImageLoader<R, I> loader) {
        busy = false;
        if (changed) {
            write(loader);
        }
    }

    void ended(FeedClient.SaveEnded ended, ImageLoader<R, I> loader) {
        if (ended.failure().isPresent()) {
            changed = true;
            view.notWritten(
                    "cannot write image %s: %s; a restart serves an older image"
                            .formatted(file.file(), ended.failure().get().toString()));
            if (!failed) {
                context.getLog()
                        .warn(
                                "cannot write image: file={} revision={}: {}; retries, a restart"
                                        + " starts with an older image until then",
                                file.file(),
                                loader.revision(),
                                ended.failure().get().toString());
            }
        } else if (failed) {
            context.getLog().info("image written again: file={}", file.file());
        }
        failed = ended.failure().isPresent();
        if (!failed) {
            view.written();
        }
        timers.startSingleTimer(TIMER, new FeedClient.SaveDue(), rest(ended.took(), settings));
    }

    /** Writes a changed image on the calling thread. Called last. */
    void stop(ImageLoader<R, I> loader) {
        if (!loader.loaded() || !changed && !busy) {
            return;
        }
        try {
            file.saveLast(loader);
        } catch (IOException e) {
            context.getLog()
                    .warn(
                            "cannot write image: file={} revision={}: {}; the next start has an"
                                    + " older image",
                            file.file(),
                            loader.revision(),
                            e.toString());
        }
    }

    static Duration rest(Duration took, FeedSettings.Client settings) {
        Duration rest = Duration.ofNanos((long) (took.toNanos() / settings.maxSaveDuty()));
        return rest.compareTo(settings.saveInterval()) < 0 ? settings.saveInterval() : rest;
    }

    private void write(ImageLoader<R, I> loader) {
        busy = true;
        changed = false;
        CompletableFuture<Duration> done =
                CompletableFuture.supplyAsync(
                        () -> {
                            long start = System.nanoTime();
                            try {
                                file.save(loader);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                            return Duration.ofNanos(System.nanoTime() - start);
                        },
                        context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()));
        context.pipeToSelf(
                done,
                (took, cause) ->
                        cause == null
                                ? new FeedClient.SaveEnded(took, Optional.empty())
                                : new FeedClient.SaveEnded(Duration.ZERO, Optional.of(cause)));
    }
}
