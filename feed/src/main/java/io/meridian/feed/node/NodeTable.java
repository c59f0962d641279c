package io.meridian.feed.node;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.Provenance;
import io.meridian.feed.TableType;
import io.meridian.feed.wire.DamagedFrame;
import io.meridian.feed.wire.FeedCodec;
import io.meridian.feed.wire.FeedReply;

import org.slf4j.Logger;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** A node's image of one table and its publishers. One thread at a time. */
final class NodeTable<R extends Row, I extends Image<R, I>> {
    private final TableType<R, I> type;
    private final List<PublisherState<R, I>> publishers;
    private final CurrentImage<R, I> view;
    private final ImageFile<R, I> file;
    private final Clock clock;
    private ImageLoader<R, I> loader;
    private Provenance provenance = new Provenance(Provenance.NO_REVISION, Provenance.Origin.DISK);
    private boolean restored;

    NodeTable(FeedClient.Node<R, I> node, int rollbackConfirmations) {
        this.type = node.view().type();
        this.publishers =
                node.publishers().stream()
                        .map(publisher -> new PublisherState<>(type, publisher))
                        .toList();
        this.view = node.view();
        this.file = node.file();
        this.clock = node.clock();
        this.loader = ImageLoader.empty(type, rollbackConfirmations);
    }

    ImageLoader<R, I> loader() {
        return loader;
    }

    /**
     * Publishes the image of the file. Later calls do nothing: a restarted actor keeps its image.
     */
    void restore(Logger log) {
        if (restored) {
            return;
        }
        restored = true;
        try {
            switch (file.read(clock.instant())) {
                case ImageFile.Saved.Found<R> found -> {
                    if (loader.restored(found.snapshot())
                            instanceof FrameOutcome.Publish<R, I> publish) {
                        publish(publish, log);
                        log.info(
                                "image loaded: table={} file={} revision={} rows={}",
                                type.label(),
                                file.file(),
                                loader.revision(),
                                found.snapshot().rows().size());
                    }
                }
                case ImageFile.Saved.Absent<R> absent ->
                        log.info(
                                "no image yet: table={} file={}; waits for a master",
                                type.label(),
                                file.file());
                case ImageFile.Saved.SetAside<R> aside ->
                        log.warn(
                                "cannot use image: file={}: {}; moved to {}, requests a snapshot",
                                file.file(),
                                aside.why(),
                                aside.movedTo());
            }
        } catch (IOException e) {
            log.warn(
                    "cannot read image: file={}: {}; requests a snapshot",
                    file.file(),
                    e.toString());
        } finally {
            view.start();
        }
    }

    FrameOutcome<R, I> outcome(FeedCodec<R> codec, byte[] bytes) {
        try {
            return loader.apply(codec.decode(bytes));
        } catch (DamagedFrame e) {
            return loader.damaged(e);
        }
    }

    @SuppressWarnings("unchecked") // a table has one row type and one image type
    FrameOutcome<R, I> outcome(FeedReply.Here<?, ?> here) {
        if (here.type().table() != type.table()) {
            throw new IllegalArgumentException(
                    "image of " + here.type() + " given to the node's image of " + type);
        }
        return loader.fromLocalMaster((I) here.image(), here.revision(), here.digest());
    }

    void publish(FrameOutcome.Publish<R, I> publish, Logger log) {
        long before = loader.revision();
        loader = publish.next();
        provenance = publish.provenance();
        if (loader.revision() < before) {
            log.warn(
                    "rollback: table={} from={} to={}: {} answers in a row were older, the"
                            + " database was restored from an older backup; changes={}",
                    type.label(),
                    before,
                    loader.revision(),
                    loader.rollbackConfirmations(),
                    publish.changes().size());
        }
        for (PublisherState<R, I> publisher : publishers) {
            report(
                    publisher,
                    publisher.publish(publish.changes(), loader.image(), provenance),
                    log);
        }
        show();
    }

    /** Calls the publishers that have failed with all that they missed. */
    void republish(Logger log) {
        for (PublisherState<R, I> publisher : publishers) {
            if (publisher.failed()) {
                report(publisher, publisher.publish(List.of(), loader.image(), provenance), log);
            }
        }
        show();
    }

    boolean hasFailedPublisher() {
        return publishers.stream().anyMatch(PublisherState::failed);
    }

    /**
     * Notes that a master confirmed the image. Republishes an image that came from the disk, so
     * publishers drop their handling of tentative images.
     */
    void confirm(FrameOutcome.Current<R, I> current, Logger log) {
        loader = current.next();
        if (loader.loaded() && provenance.origin() == Provenance.Origin.DISK) {
            provenance = new Provenance(loader.revision(), Provenance.Origin.CHANGES);
            for (PublisherState<R, I> publisher : publishers) {
                report(publisher, publisher.publish(List.of(), loader.image(), provenance), log);
            }
            show();
        }
        view.confirm(clock.instant());
    }

    void older(FrameOutcome.Older<R, I> older, Logger log) {
        loader = older.next();
        if (loader.olderReplies() == 1) {
            log.info(
                    "master is behind: table={} master={} image={}; keeps the image, polls"
                            + " another master",
                    type.label(),
                    older.revision(),
                    loader.revision());
        }
    }

    void keep(ImageLoader<R, I> next) {
        loader = next;
    }

    private void show() {
        if (hasFailedPublisher() || !loader.loaded()) {
            return; // the view is not ahead of the publishers
        }
        view.show(loader.image(), provenance, clock.instant());
        if (provenance.origin() != Provenance.Origin.DISK) {
            view.confirm(clock.instant());
        }
    }

    private void report(
            PublisherState<R, I> publisher, Optional<RuntimeException> failure, Logger log) {
        failure.ifPresent(
                cause ->
                        log.error(
                                "publisher failed: publisher={} table={} revision={}; called again"
                                        + " with all changes that it missed",
                                publisher.name(),
                                type.label(),
                                loader.revision(),
                                cause));
    }
}
