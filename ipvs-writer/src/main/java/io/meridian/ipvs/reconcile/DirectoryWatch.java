package io.meridian.ipvs.reconcile;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/**
 * Reports changes of a directory, which need not exist yet. The reports are hints: the listener
 * also polls.
 */
final class DirectoryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);
    private static final long WAIT_MILLIS = 1000;

    private final Path directory;
    private final Runnable onChange;
    private final WatchService service;

    private DirectoryWatch(Path directory, Runnable onChange, WatchService service) {
        this.directory = directory;
        this.onChange = onChange;
        this.service = service;
    }

    /**
     * Starts a watch.
     *
     * @param onChange runs on a thread of the watch
     */
    static DirectoryWatch start(Path directory, Runnable onChange) {
        try {
            DirectoryWatch watch =
                    new DirectoryWatch(
                            directory, onChange, directory.getFileSystem().newWatchService());
            Thread.ofVirtual().name("watch-" + directory.getFileName()).start(watch::run);
            return watch;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot watch " + directory, e);
        }
    }

    private void run() {
        try {
            while (true) {
                if (Files.isDirectory(directory)) {
                    watch();
                }
                Thread.sleep(WAIT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClosedWatchServiceException e) {
            LOG.debug("no longer watching {}", directory);
        }
    }

    /** Watches until the directory is deleted. */
    private void watch() throws InterruptedException {
        try {
            WatchKey key =
                    directory.register(
                            service,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE);
            onChange.run(); // for files from before the watch
            do {
                var _ = service.take();
                var _ = key.pollEvents();
                onChange.run();
            } while (key.reset());
        } catch (IOException e) {
            LOG.debug(
                    "cannot watch: directory={}: {}; the next scan comes by timer",
                    directory,
                    e.toString());
        }
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stop watching " + directory, e);
        }
    }
}
