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
 * Runs a PostgreSQL server on 127.0.0.1 as a child process (ADR 0007). The server stops when this
 * object is closed or this process ends; its data stays. If the server ends by itself, it restarts
 * on the same port, with backoff from 200 ms to 30 s.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** The database that {@link #settings()} names. */
    public static final String DATABASE = "meridian";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final int PORT_ATTEMPTS = 3;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    // The garbage collector must not close the pipe to a guard: the guard would stop its server.
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

    /** Like {@link #start(EmbeddedSettings)} with {@link EmbeddedSettings#of(Path)}. */
    public static EmbeddedPostgres start(Path directory) {
        return start(EmbeddedSettings.of(directory));
    }

    /**
     * Prepares the directory, stops a server that a killed program left behind, and starts the
     * server. Returns when the server accepts connections.
     *
     * @throws DatabaseException if the directory is in use or of another major version, or if the
     *     server cannot run on this machine
     */
    public static EmbeddedPostgres start(EmbeddedSettings settings) {
        for (int attempt = 1; ; attempt++) {
            try {
                return prepare(settings).start();
            } catch (DatabaseException e) {
                if (attempt == PORT_ATTEMPTS || !e.toString().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    /**
     * Locks the directory and creates its missing content, without starting the server. The result
     * tells how to connect before the server runs.
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

    /** A server to be started once. Holds the directory's lock until it is closed or abandoned. */
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

        /** Settings of connections to the server once it runs. */
        public PostgresSettings settings() {
            return connection;
        }

        /**
         * Stops a server that a killed program left behind, and starts the server. Returns when it
         * accepts connections.
         *
         * @throws DatabaseException if the server cannot run; the directory is unlocked then
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

        /** Unlocks the directory without a start. */
        public void abandon() {
            try {
                lock.close();
            } catch (IOException e) {
                throw new DatabaseException(
                        "the lock of " + settings.directory() + " can't be freed: " + e, e);
            }
        }
    }

    /** Settings of connections to the database {@link #DATABASE}. */
    public PostgresSettings settings() {
        return connection;
    }

    /** Process id of the postmaster. */
    public long pid() {
        try {
            return processes
                    .postmaster()
                    .orElseThrow(() -> new DatabaseException("PostgreSQL is not running"));
        } catch (IOException e) {
            throw new DatabaseException("process of PostgreSQL can't be found: " + e, e);
        }
    }

    /** Stops the server by a fast shutdown, after 20 s by force; blocks for at most about 40 s. */
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
                        "embedded PostgreSQL does not stop: guard pid={}; stopping it by force",
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
        LOG.info("embedded PostgreSQL runs: database={} pid={}", connection, pid());
    }

    private void supervise() {
        try {
            Duration pause = Duration.ofMillis(200);
            while (!closed) {
                int code = guard.waitFor();
                LOG.error("embedded PostgreSQL has ended: exit code={}; restarting it", code);
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
            LOG.debug("supervision of the embedded PostgreSQL has ended");
        }
    }

    private boolean startAgain() throws InterruptedException {
        try {
            clear(processes);
            guard = instance.start(connection.port());
            LOG.info("embedded PostgreSQL runs again: database={}", connection);
            return true;
        } catch (IOException | DatabaseException e) {
            LOG.error("cannot restart the embedded PostgreSQL: {}; will retry", e.getMessage());
            return false;
        }
    }

    private static void clear(ServerProcesses processes) throws IOException, InterruptedException {
        int stopped = processes.stopAll();
        if (stopped > 0) {
            LOG.warn(
                    "stopped a PostgreSQL that a killed program had left running: processes={}",
                    stopped);
        }
        processes.forgetDead();
    }
}
