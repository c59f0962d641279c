package io.meridian.system;

import io.meridian.database.PostgresSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Two PostgreSQL servers of the installed Debian package: a primary and a synchronous standby,
 * which has each commit on its disk before the primary acknowledges it.
 */
final class PostgresPair implements AutoCloseable {
    private static final Path PACKAGE = Path.of("/usr/lib/postgresql");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String USER = "meridian";
    private static final String STANDBY = "standby";

    private final Path directory;
    private final Path programs;
    private final List<Process> servers = new ArrayList<>();
    private final int primaryPort = ChildNode.freePort();
    private final int standbyPort = ChildNode.freePort();

    /** Starts both; returns when commits wait for the standby. */
    PostgresPair(Path directory) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.programs = programs().orElseThrow();
        try {
            run(
                    "initdb",
                    "-U",
                    USER,
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--no-locale",
                    "-N",
                    "-D",
                    "primary");
            serve("primary", primaryPort);
            awaitServer(primaryPort);
            run(
                    "pg_basebackup",
                    "-R",
                    "-c",
                    "fast",
                    "-N",
                    "-d",
                    "host=127.0.0.1 port="
                            + primaryPort
                            + " user="
                            + USER
                            + " application_name="
                            + STANDBY,
                    "-D",
                    STANDBY);
            serve(STANDBY, standbyPort);
            PostgresSettings primary = settings("127.0.0.1:" + primaryPort);
            Database.rows(
                    primary, "ALTER SYSTEM SET synchronous_standby_names = '" + STANDBY + "'");
            Database.rows(primary, "SELECT pg_reload_conf()::text");
            Waiting.until(
                    "commits wait for the standby",
                    LIMIT,
                    () ->
                            Database.rows(primary, "SELECT sync_state FROM pg_stat_replication")
                                    .equals(List.of("sync")));
        } catch (Exception | AssertionError failed) {
            close();
            throw new AssertionError(log(), failed);
        }
    }

    private static Optional<Path> programs() throws IOException {
        if (!Files.isDirectory(PACKAGE)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(PACKAGE)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("pg_basebackup")))
                    .sorted()
                    .findFirst();
        }
    }

    /** Addresses of both servers, the primary first. */
    PostgresSettings settings() {
        return settings("127.0.0.1:" + primaryPort + ",127.0.0.1:" + standbyPort);
    }

    private PostgresSettings settings(String hosts) {
        return new PostgresSettings(hosts, primaryPort, "postgres", USER, "not asked for");
    }

    /** Kills all processes of the primary at once (kill -9). */
    void killPrimary() {
        kill(servers.getFirst());
    }

    private static void kill(Process server) {
        List<ProcessHandle> children = server.descendants().toList();
        server.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        var _ = server.onExit().join();
    }

    /** Promotes the standby; returns when it accepts writes. */
    void promote() throws Exception {
        run("pg_ctl", "promote", "-w", "-D", STANDBY);
    }

    private void awaitServer(int port) throws Exception {
        Waiting.until(
                "PostgreSQL on port " + port,
                LIMIT,
                () -> !Database.rows(settings("127.0.0.1:" + port), "SELECT 1").isEmpty());
    }

    private void serve(String data, int port) throws IOException {
        servers.add(
                command(
                        "postgres",
                        "-D",
                        data,
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories="));
    }

    private void run(String program, String... arguments) throws Exception {
        Process process = command(program, arguments);
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(program + " failed");
        }
    }

    /**
     * PostgreSQL refuses to run as root. In a user namespace of its own, root maps to the user
     * {@code nobody}, which owns the files.
     */
    private Process command(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0) {
            command.addAll(List.of("unshare", "--user"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private Path logFile() {
        return directory.resolve("postgres.log");
    }

    private String log() throws IOException {
        return Files.exists(logFile()) ? Files.readString(logFile()) : "";
    }

    /** Kills the servers that still run. */
    @Override
    public void close() {
        for (Process server : servers) {
            kill(server);
        }
    }
}
