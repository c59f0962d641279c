package io.meridian.database;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL server of our own, on 127.0.0.1. It lives as long as this object is not closed and
 * this process runs; if it ends by itself it is started again on the same port. Its data stays.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** The database that {@link #settings()} names. */
    public static final String DATABASE = "meridian";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final int PORT_ATTEMPTS = 3;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    // A forgotten one would be collected, the pipe to its guard closed, and so the server stopped.
    private static final Set<EmbeddedPostgres> RUNNING = ConcurrentHashMap.newKeySet();

    private final ServerInstance instance;
    private final ServerProcesses processes;
    private final DirectoryLock lock;
    private final PostgresSettings connection;
    private final Thread supervisor;
    private volatile Process guard;
    private volatile boolean closed;

    private EmbeddedPostgres(
            ServerInstance instance,
            ServerProcesses processes,
            DirectoryLock lock,
            PostgresSettings connection,
            Process guard) {
        this.instance = instance;
        this.processes = processes;
        this.lock = lock;
        this.connection = connection;
        this.guard = guard;
        this.supervisor = Thread.ofVirtual().name("embedded-postgres").unstarted(this::supervise);
    }

    /** As {@link #start(EmbeddedSettings)} with {@link EmbeddedSettings#of(Path)}. */
    public static EmbeddedPostgres start(Path directory) {
        return start(EmbeddedSettings.of(directory));
    }

    /**
     * Starts the server in its directory, after making what is missing there and after stopping a
     * server that a killed program left behind. Returns when it takes connections.
     *
     * @throws DatabaseException if the directory is in use, of another major version, or the server
     *     can't run here
     */
    public static EmbeddedPostgres start(EmbeddedSettings settings) {
        for (int attempt = 1; ; attempt++) {
            try {
                return prepare(settings).start();
            } catch (DatabaseException e) {
                if (attempt == PORT_ATTEMPTS
                        || !e.getMessage().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    /**
     * Takes the directory and makes what is missing there, but starts nothing yet: so a program can
     * know how to connect before the server is there.
     *
     * @throws DatabaseException if the directory is in use or of another major version
     */
    public static Prepared prepare(EmbeddedSettings settings) {
        try {
            Files.createDirectories(
                    settings.directory(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            DirectoryLock lock = DirectoryLock.take(settings.directory());
            try {
                Files.createDirectories(settings.logs());
                ServerInstance instance =
                        new ServerInstance(
                                settings,
                                PostgresBinaries.unpack(settings.binaries()),
                                ServerCommand.forThisUser());
                PostgresSettings connection =
                        new PostgresSettings(
                                "127.0.0.1",
                                ServerInstance.freePort(),
                                DATABASE,
                                ServerInstance.USER,
                                instance.prepare());
                return new Prepared(settings, instance, lock, connection);
            } catch (IOException | InterruptedException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException | InterruptedException e) {
            throw unstartable(settings, e);
        }
    }

    private static DatabaseException unstartable(EmbeddedSettings settings, Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return new DatabaseException("the start of the embedded PostgreSQL was interrupted", e);
        }
        return new DatabaseException(
                "the embedded PostgreSQL in " + settings.directory() + " can't start: " + e, e);
    }

    /** A server that is ready to be started, once. The directory is ours until it is closed. */
    public static final class Prepared {
        private final EmbeddedSettings settings;
        private final ServerInstance instance;
        private final DirectoryLock lock;
        private final PostgresSettings connection;

        private Prepared(
                EmbeddedSettings settings,
                ServerInstance instance,
                DirectoryLock lock,
                PostgresSettings connection) {
            this.settings = settings;
            this.instance = instance;
            this.lock = lock;
            this.connection = connection;
        }

        /** How to connect once it runs. */
        public PostgresSettings settings() {
            return connection;
        }

        /**
         * Starts it, after stopping a server that a killed program left behind. Returns when it
         * takes connections.
         *
         * @throws DatabaseException if it can't run here; the directory is free again then
         */
        public EmbeddedPostgres start() {
            try {
                ServerProcesses processes = new ServerProcesses(this.settings.data());
                clear(processes);
                Process guard = instance.start(connection.port());
                EmbeddedPostgres server =
                        new EmbeddedPostgres(instance, processes, lock, connection, guard);
                server.begin();
                return server;
            } catch (IOException | InterruptedException e) {
                abandon();
                throw unstartable(this.settings, e);
            } catch (DatabaseException e) {
                abandon();
                throw e;
            }
        }

        /** Gives the directory back without a start. */
        public void abandon() {
            try {
                lock.close();
            } catch (IOException e) {
                throw new DatabaseException(
                        "the lock of " + settings.directory() + " can't be freed: " + e, e);
            }
        }
    }

    /** How to connect to the database {@link #DATABASE}. */
    public PostgresSettings settings() {
        return connection;
    }

    /** The server's first process. */
    public long pid() {
        try {
            return processes
                    .postmaster()
                    .orElseThrow(() -> new DatabaseException("PostgreSQL is not running"));
        } catch (IOException e) {
            throw new DatabaseException("process of PostgreSQL can't be found: " + e, e);
        }
    }

    /** Stops the server: fast, then by force if that takes too long. At most about 40 s. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        boolean interrupted = Thread.interrupted();
        try {
            supervisor.interrupt();
            supervisor.join();
            guard.getOutputStream().close();
            if (!guard.waitFor(20, TimeUnit.SECONDS)) {
                LOG.warn(
                        "embedded PostgreSQL does not stop: pid={}; ending it by force",
                        guard.pid());
            }
            processes.stopAll();
            lock.close();
        } catch (IOException | InterruptedException e) {
            throw new DatabaseException("the embedded PostgreSQL could not be stopped: " + e, e);
        } finally {
            RUNNING.remove(this);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void begin() {
        RUNNING.add(this);
        try {
            Databases.createIfMissing(connection);
        } catch (RuntimeException e) {
            supervisor.start();
            close();
            throw e;
        }
        supervisor.start();
        LOG.info("embedded PostgreSQL runs: {} pid={}", connection, pid());
    }

    private void supervise() {
        try {
            Duration pause = Duration.ofMillis(200);
            while (!closed) {
                int code = guard.waitFor();
                LOG.error("embedded PostgreSQL ended: exit code {}; starting it again", code);
                while (!startAgain()) {
                    Thread.sleep(pause);
                    pause =
                            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                                    ? pause.multipliedBy(2)
                                    : LONGEST_PAUSE;
                }
                pause = Duration.ofMillis(200);
            }
        } catch (InterruptedException _) {
            LOG.debug("embedded PostgreSQL is no longer watched");
        }
    }

    private boolean startAgain() throws InterruptedException {
        try {
            clear(processes);
            guard = instance.start(connection.port());
            LOG.info("embedded PostgreSQL runs again: {}", connection);
            return true;
        } catch (IOException | DatabaseException e) {
            LOG.error("embedded PostgreSQL can't start again: {}; will retry", e.getMessage());
            return false;
        }
    }

    private static void clear(ServerProcesses processes) throws IOException, InterruptedException {
        int stopped = processes.stopAll();
        if (stopped > 0) {
            LOG.warn(
                    "PostgreSQL was left running by a program that is gone: {} processes stopped",
                    stopped);
        }
        processes.forgetDead();
    }
}
