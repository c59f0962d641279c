package io.meridian.feed.node;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.TableType;
import io.meridian.feed.wire.DamagedFrame;
import io.meridian.feed.wire.FeedCodec;
import io.meridian.feed.wire.FeedFrame;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The image file {@code <table>.image}: a node's last image of one table as one snapshot frame.
 * Whenever the process or the machine stops, the file is the old one or the new one, whole. Any
 * thread; one node per directory.
 */
public final class ImageFile<R extends Row, I extends Image<R, I>> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** The content of the file. */
    public sealed interface Saved<R extends Row> {
        record Found<R extends Row>(FeedFrame.Snapshot<R> snapshot) implements Saved<R> {}

        record Absent<R extends Row>() implements Saved<R> {}

        /** The file is damaged and was moved aside for the operator to look at. */
        record SetAside<R extends Row>(Path movedTo, String why) implements Saved<R> {}
    }

    private final FeedCodec<R> codec;
    private final Path file;
    private final Path temporary;
    private boolean closed;

    /**
     * @param directory created by the first write
     */
    public ImageFile(TableType<R, I> type, Path directory) {
        this.codec = new FeedCodec<>(type);
        this.file = directory.resolve(type.label() + ".image");
        this.temporary = directory.resolve(type.label() + ".image.tmp");
    }

    public Path file() {
        return file;
    }

    /**
     * Reads the file. Moves a file that is damaged, or of a newer program, aside.
     *
     * @param now for the name of a file moved aside
     * @throws IOException if the file exists and cannot be read or moved
     */
    public synchronized Saved<R> read(Instant now) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new Saved.Absent<>();
        }
        try {
            return switch (codec.decode(bytes)) {
                case FeedFrame.Snapshot<R> snapshot -> new Saved.Found<>(snapshot);
                case FeedFrame.Changes<R> changes ->
                        setAside(now, "it holds changes, not a snapshot");
                case FeedFrame.Unchanged<R> unchanged ->
                        setAside(now, "it holds no rows, not even none");
            };
        } catch (DamagedFrame e) {
            return setAside(now, String.valueOf(e.getMessage()));
        }
    }

    private Saved<R> setAside(Instant now, String why) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".damaged-" + TIME.format(now));
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        return new Saved.SetAside<>(aside, why);
    }

    /**
     * Replaces the file. Does nothing after {@link #saveLast}.
     *
     * @throws IOException if the file cannot be written; the old file remains
     */
    public synchronized void save(ImageLoader<R, I> loader) throws IOException {
        if (!closed) {
            write(loader);
        }
    }

    /**
     * Replaces the file for the last time: a write of an older image that another thread starts
     * later does nothing.
     */
    public synchronized void saveLast(ImageLoader<R, I> loader) throws IOException {
        save(loader);
        closed = true;
    }

    private void write(ImageLoader<R, I> loader) throws IOException {
        byte[] bytes = codec.snapshot(loader.revision(), loader.digest(), loader.image().rows());
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (FileChannel out =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            out.force(true);
        }
        try {
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the file system of " + file + " has no atomic rename", e);
        }
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
            directory.force(true); // without it a machine that stops may lose the rename
        }
    }
}
