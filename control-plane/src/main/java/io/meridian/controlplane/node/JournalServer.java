package io.meridian.controlplane.node;

import io.meridian.database.EmbeddedPostgres;
import io.meridian.database.EmbeddedSettings;
import io.meridian.database.PostgresSettings;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The embedded PostgreSQL of a master: known at once, started in the background, so that answers
 * don't wait for it.
 */
final class JournalServer implements AutoCloseable {
    private final EmbeddedPostgres.Prepared prepared;
    private Optional<EmbeddedPostgres> running = Optional.empty();
    private boolean closed;

    private JournalServer(EmbeddedPostgres.Prepared prepared) {
        this.prepared = prepared;
    }

    /**
     * @throws io.meridian.database.DatabaseException if the directory is in use, or of another
     *     major version
     */
    static JournalServer in(Path directory) {
        return new JournalServer(EmbeddedPostgres.prepare(EmbeddedSettings.of(directory)));
    }

    PostgresSettings settings() {
        return prepared.settings();
    }

    /** Returns when it takes connections; at once if it does already, or was closed meanwhile. */
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
