package io.meridian.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Creates a data directory and starts a server in it. Only the holder of the {@link DirectoryLock}
 * may use this.
 */
final class ServerInstance {
    static final String USER = "meridian";

    /**
     * Shell script that runs the server as a child and stops it (SIGINT, fast shutdown) when its
     * input ends. Meridian closes the pipe, or the kernel does when Meridian ends, even by kill -9.
     * The script ignores SIGHUP, SIGINT and SIGTERM, which may be sent to Meridian's group.
     */
    private static final String GUARD =
            """
            trap '' HUP INT TERM
            exec 3<&0
            "$@" </dev/null 3<&- &
            server=$!
            ( read -r _ <&3; kill -INT "$server" ) 2>/dev/null &
            guard=$!
            exec 3<&- </dev/null
            wait "$server"
            status=$?
            kill -KILL "$guard" 2>/dev/null
            exit "$status"
            """;

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final EmbeddedSettings settings;
    private final PostgresBinaries binaries;
    private final ServerCommand command;

    ServerInstance(EmbeddedSettings settings, PostgresBinaries binaries, ServerCommand command) {
        this.settings = settings;
        this.binaries = binaries;
        this.command = command;
    }

    /**
     * Creates the data directory unless it exists. The last step renames a scratch directory, so
     * the data directory is always complete.
     *
     * @return the password of {@link #USER}
     * @throws DatabaseException if another major version has created the directory
     */
    String prepare() throws IOException, InterruptedException {
        Path password = settings.directory().resolve("password");
        if (!Files.exists(settings.data())) {
            initialise(password);
        }
        String found = Files.readString(settings.data().resolve("PG_VERSION")).strip();
        if (!found.equals(PostgresBinaries.majorVersion())) {
            throw new DatabaseException(
                    "data directory "
                            + settings.data()
                            + " was made by PostgreSQL "
                            + found
                            + ", this program brings "
                            + PostgresBinaries.version()
                            + "; move its content over with pg_dump of version "
                            + found
                            + ", or go back to the release before");
        }
        return Files.readString(password).strip();
    }

    /**
     * Starts the server and waits until it accepts connections.
     *
     * @return the guard process, which ends when the server ends
     * @throws DatabaseException if the server ends or is not ready within the start deadline
     */
    Process start(int port) throws IOException, InterruptedException {
        Path output = settings.logs().resolve("start.log");
        Files.deleteIfExists(output);
        Process guard = command.of(true, output, arguments(port)).start();
        ServerProcesses processes = new ServerProcesses(settings.data());
        Instant end = Instant.now().plus(settings.startDeadline());
        try {
            while (!processes.ready()) {
                if (!guard.isAlive()) {
                    throw new DatabaseException(
                            "PostgreSQL ended at its start: exit code "
                                    + guard.exitValue()
                                    + ": "
                                    + lastLines(output));
                }
                if (Instant.now().isAfter(end)) {
                    throw new DatabaseException(
                            "PostgreSQL was not ready within "
                                    + settings.startDeadline().toSeconds()
                                    + " s: "
                                    + lastLines(output));
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
            return guard;
        } catch (RuntimeException | IOException | InterruptedException e) {
            guard.getOutputStream().close();
            throw e;
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            return socket.getLocalPort();
        }
    }

    private void initialise(Path password) throws IOException, InterruptedException {
        Path scratch = settings.directory().resolve("data.new");
        PostgresBinaries.deleteTree(scratch);
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        Files.deleteIfExists(password);
        Files.createFile(password, OWNER_ONLY);
        Files.writeString(password, HexFormat.of().formatHex(secret) + "\n");
        Path output = settings.logs().resolve("initdb.log");
        Files.deleteIfExists(output);
        List<String> initdb =
                new ArrayList<>(
                        List.of(
                                binaries.program("initdb").toString(),
                                "--pgdata=" + scratch,
                                "--username=" + USER,
                                "--pwfile=" + password,
                                "--auth=scram-sha-256",
                                "--encoding=UTF8",
                                "--locale=C",
                                "--no-instructions"));
        if (!settings.durable()) {
            initdb.add("--no-sync");
        }
        ProcessBuilder builder = command.of(false, output, initdb);
        Process process =
                builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        if (process.waitFor() != 0) {
            throw new DatabaseException(
                    "data directory "
                            + settings.data()
                            + " could not be made: initdb ended with "
                            + process.exitValue()
                            + ": "
                            + lastLines(output));
        }
        Files.move(scratch, settings.data(), StandardCopyOption.ATOMIC_MOVE);
    }

    private List<String> arguments(int port) {
        List<String> all = new ArrayList<>(List.of("sh", "-c", GUARD, "postgres-guard"));
        all.addAll(
                List.of(binaries.program("postgres").toString(), "-D", settings.data().toString()));
        Stream.of(
                        "listen_addresses=127.0.0.1",
                        "port=" + port,
                        "unix_socket_directories=",
                        "max_connections=" + settings.maxConnections(),
                        "shared_buffers=64MB",
                        "max_wal_size=256MB",
                        "max_parallel_workers_per_gather=0",
                        "jit=off",
                        "timezone=UTC",
                        "log_timezone=UTC",
                        "lc_messages=C",
                        // one file per weekday, overwritten after a week
                        "logging_collector=on",
                        "log_directory=" + settings.logs(),
                        "log_filename=postgres-%a.log",
                        "log_rotation_age=1d",
                        "log_rotation_size=0",
                        "log_truncate_on_rotation=on",
                        "fsync=" + (settings.durable() ? "on" : "off"),
                        "synchronous_commit=" + (settings.durable() ? "on" : "off"),
                        "full_page_writes=" + (settings.durable() ? "on" : "off"))
                .forEach(setting -> all.addAll(List.of("-c", setting)));
        return all;
    }

    /** Last 12 lines of the output and of the server's newest log, joined to one line. */
    private String lastLines(Path output) throws IOException {
        List<String> lines =
                new ArrayList<>(Files.exists(output) ? Files.readAllLines(output) : List.of());
        try (Stream<Path> logs = Files.list(settings.logs())) {
            logs.filter(log -> log.getFileName().toString().startsWith("postgres-"))
                    .max(
                            (a, b) ->
                                    Long.compare(
                                            a.toFile().lastModified(), b.toFile().lastModified()))
                    .ifPresent(log -> lines.addAll(tail(log)));
        }
        return String.join("; ", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    }

    private static List<String> tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.subList(Math.max(0, lines.size() - 6), lines.size());
        } catch (IOException e) {
            return List.of("(" + log + " can't be read: " + e.getMessage() + ")");
        }
    }
}
