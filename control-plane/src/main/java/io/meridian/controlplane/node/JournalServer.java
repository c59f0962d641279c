package io.meridian.controlplane.node;

import io.meridian.database.EmbeddedPostgres;
import io.meridian.database.EmbeddedSettings;
import io.meridian.database.PostgresSettings;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The embedded PostgreSQL of a master. Its address is known at once; it starts in the background,
 * so that DNS answers do not wait for it.
 */
final class JournalServer implements AutoCloseable {
    private final EmbeddedPostgres.Prepared prepared;
    private Optional<EmbeddedPostgres> running = Optional.empty();
    private boolean closed;

    private JournalServer(EmbeddedPostgres.Prepared prepared) {
        this.prepared = prepared;
    }

    /**
     * @throws io.meridian.database.DatabaseException if another process uses the directory, or
     *     another major version of PostgreSQL wrote it
     */
    static JournalServer in(Path directory) {
        return new JournalServer(EmbeddedPostgres.prepare(EmbeddedSettings.of(directory)));
    }

    PostgresSettings settings() {
        return prepared.settings();
    }

    /**
     * Blocks until the server accepts connections; returns at once if it already does or is closed.
     */
    synchronized void start() {
        if (!closed && running.isEmpty()) {
            running = Optional.of(prepared.start());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        running.ifPresentOrElse(EmbeddedPostgres::close, prepared::abandon);
    }
}
