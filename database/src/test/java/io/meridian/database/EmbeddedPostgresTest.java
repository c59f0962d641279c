package io.meridian.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.testkit.Requirement;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

class EmbeddedPostgresTest {
    private static final Path BINARIES = EmbeddedPostgresExtension.quick(Path.of("any")).binaries();

    @TempDir private Path directory;

    private final List<Process> programs = new ArrayList<>();

    @AfterEach
    void endPrograms() throws Exception {
        for (Process program : programs) {
            program.destroyForcibly().waitFor();
        }
        stop(directory.resolve("server"));
        stop(directory.resolve("data-of-nobody"));
    }

    private static void stop(Path server) throws Exception {
        if (Files.isDirectory(server.resolve("data"))) {
            new ServerProcesses(server.resolve("data")).stopAll();
        }
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(EmbeddedPostgresExtension.quick(directory.resolve("server")));
    }

    /** The kernel refuses to run a file ("Text file busy") that a process has open for writing. */
    @Test
    void aProgramOpenForWritingIsAwaited() throws Exception {
        Path program = Files.copy(Path.of("/bin/true"), directory.resolve("program"));
        CompletableFuture<Void> awaited;
        try (OutputStream _ = Files.newOutputStream(program, StandardOpenOption.APPEND)) {
            awaited =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    PostgresBinaries.awaitRunnable(program);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            assertThatThrownBy(() -> new ProcessBuilder(program.toString()).start())
                    .hasMessageContaining("Text file busy");
            assertThatThrownBy(() -> awaited.get(200, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
        }
        awaited.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> PostgresBinaries.awaitRunnable(directory.resolve("none")))
                .hasMessageContaining("No such file");
    }

    @Test
    void dataOutlivesTheServer() {
        try (EmbeddedPostgres postgres = start()) {
            Sql.run(postgres.settings(), "CREATE TABLE t (a integer); INSERT INTO t VALUES (42)");
        }
        try (EmbeddedPostgres postgres = start()) {
            assertThat(Sql.column(postgres.settings(), "SELECT a FROM t")).containsExactly("42");
        }
    }

    @Test
    void nothingRunsAfterClose() throws Exception {
        EmbeddedPostgres postgres = start();
        long pid = postgres.pid();
        postgres.close();
        postgres.close();
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(new ServerProcesses(directory.resolve("server/data")).pids()).isEmpty();
        assertThat(
                        ProcessHandle.current()
                                .children()
                                .filter(ProcessHandle::isAlive)
                                .map(p -> p.info().toString()))
                .noneMatch(info -> info.contains(directory.toString()));
    }

    @Test
    void aSecondServerOnTheSameDirectoryIsRefused() {
        try (EmbeddedPostgres postgres = start()) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
            assertThat(Sql.column(postgres.settings(), "SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void connectionsNeedThePassword() throws Exception {
        try (EmbeddedPostgres postgres = start()) {
            PostgresSettings at = postgres.settings();
            PostgresSettings wrong =
                    new PostgresSettings(at.host(), at.port(), at.database(), at.user(), "guess");
            assertThatThrownBy(() -> Sql.column(wrong, "SELECT 1"))
                    .hasMessageContaining("authentication failed");
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(
                                            directory.resolve("server/password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aServerThatDiesIsStartedAgainOnItsPort() throws Exception {
        EmbeddedSettings durable =
                new EmbeddedSettings(
                        directory.resolve("server"), BINARIES, true, Duration.ofMinutes(3), 20);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(durable)) {
            Sql.run(postgres.settings(), "CREATE TABLE t (a integer); INSERT INTO t VALUES (42)");
            long before = postgres.pid();
            ProcessHandle.of(before).orElseThrow().destroyForcibly();
            await(
                    "a new server",
                    () -> {
                        try {
                            return Sql.column(postgres.settings(), "SELECT a FROM t")
                                            .equals(List.of("42"))
                                    && postgres.pid() != before;
                        } catch (RuntimeException _) {
                            return false;
                        }
                    });
        }
    }

    @Test
    void dataOfAnotherMajorVersionIsRefusedAndKept() throws Exception {
        start().close();
        Path version = directory.resolve("server/data/PG_VERSION");
        Files.writeString(version, "15\n");
        assertThatThrownBy(this::start)
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("was made by PostgreSQL 15, this program brings 18.");
        Files.writeString(version, "18\n");
        start().close();
    }

    @Test
    void anUnrelatedProcessWithTheNotedIdIsNotKilled() throws Exception {
        start().close();
        long mine = ProcessHandle.current().pid();
        Path note = directory.resolve("server/data/postmaster.pid");
        Files.writeString(note, mine + "\n/somewhere\n0\n5432\n\n127.0.0.1\n0 0\nready\n");
        try (EmbeddedPostgres postgres = start()) {
            assertThat(postgres.pid()).isNotEqualTo(mine);
        }
    }

    @Test
    void killingTheProgramEndsTheServerAndLosesNoCommit() throws Exception {
        Path server = directory.resolve("server");
        Child child = child(List.of(), server, BINARIES);
        Sql.run(child.settings(), "CREATE TABLE t (a integer)");
        int acknowledged = insertWhileKilling(child);
        await(
                "the end of the server",
                () -> new ServerProcesses(server.resolve("data")).pids().isEmpty());
        try (EmbeddedPostgres postgres = start()) {
            assertThat(
                            Sql.column(
                                    postgres.settings(),
                                    "SELECT count(DISTINCT a) FROM t WHERE a < " + acknowledged))
                    .containsExactly(Integer.toString(acknowledged));
        }
    }

    @Test
    void aServerLeftBehindByAKilledProgramIsReplaced() throws Exception {
        Path server = directory.resolve("server");
        Child child = child(List.of(), server, BINARIES);
        Sql.run(child.settings(), "CREATE TABLE t (a integer); INSERT INTO t VALUES (42)");
        List<ProcessHandle> guards =
                ProcessHandle.of(child.process().pid())
                        .orElseThrow()
                        .descendants()
                        .filter(process -> comm(process).equals("sh"))
                        .toList();
        assertThat(guards).hasSize(2);
        guards.forEach(ProcessHandle::destroyForcibly);
        child.process().destroyForcibly().waitFor();
        assertThat(new ServerProcesses(server.resolve("data")).postmaster())
                .contains(child.server());
        try (EmbeddedPostgres postgres = start()) {
            // not by ProcessHandle: without an init process that reaps orphans it sees a zombie
            assertThat(new ServerProcesses(server.resolve("data")).pids())
                    .contains(postgres.pid())
                    .doesNotContain(child.server());
            assertThat(Sql.column(postgres.settings(), "SELECT a FROM t")).containsExactly("42");
        }
    }

    @Test
    void anotherProgramOnTheSameDirectoryIsRefused() throws Exception {
        Child child = child(List.of(), directory.resolve("server"), BINARIES);
        assertThatThrownBy(this::start)
                .hasMessageContaining("is in use by process " + child.process().pid());
    }

    @Test
    void itRunsAsAnOrdinaryUser() throws Exception {
        Requirement.root();
        Path home = Files.createTempDirectory("meridian-nobody-");
        try {
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
            copyForEverybody(home);
            Child child =
                    child(
                            List.of("/usr/sbin/runuser", "-u", "nobody", "--"),
                            home.resolve("server"),
                            home.resolve("binaries"));
            assertThat(Sql.column(child.settings(), "SELECT 1")).containsExactly("1");
            child.process().getOutputStream().close();
            assertThat(child.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(ProcessHandle.of(child.server())).isEmpty();
        } finally {
            stop(home.resolve("server"));
            PostgresBinaries.deleteTree(home);
        }
    }

    private record Child(Process process, PostgresSettings settings, long server) {}

    private Child child(List<String> prefix, Path server, Path binaries) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        String classPath =
                prefix.isEmpty()
                        ? System.getProperty("java.class.path")
                        : server.resolveSibling("lib") + "/*:" + server.resolveSibling("classes");
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        classPath,
                        ChildProgram.class.getName(),
                        server.toString(),
                        binaries.toString()));
        Process process =
                new ProcessBuilder(command)
                        .directory(new File("/"))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        programs.add(process);
        BufferedReader said = process.inputReader();
        String line = said.readLine();
        while (line != null && !line.startsWith("ready ") && !line.startsWith("refused ")) {
            line = said.readLine();
        }
        assertThat(line).startsWith("ready ");
        String[] words = line.split(" ");
        PostgresSettings at =
                new PostgresSettings(
                        "127.0.0.1",
                        Integer.parseInt(words[1]),
                        EmbeddedPostgres.DATABASE,
                        ServerInstance.USER,
                        words[2]);
        return new Child(process, at, Long.parseLong(words[3]));
    }

    /**
     * Inserts 0, 1, 2 and so on, kills the program after 20 inserts, and continues until the server
     * is gone.
     *
     * @return number of acknowledged inserts
     */
    private static int insertWhileKilling(Child child) {
        int acknowledged = 0;
        try {
            while (true) {
                Sql.run(child.settings(), "INSERT INTO t VALUES (" + acknowledged + ")");
                acknowledged++;
                if (acknowledged == 20) {
                    child.process().destroyForcibly();
                }
            }
        } catch (RuntimeException _) {
            assertThat(acknowledged).isGreaterThanOrEqualTo(20);
            return acknowledged;
        }
    }

    /** Copies the class path to a place that any user may read. */
    private static void copyForEverybody(Path home) throws IOException {
        Path lib = Files.createDirectories(home.resolve("lib"));
        Path classes = Files.createDirectories(home.resolve("classes"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                copyTree(path, classes);
            } else if (Files.isRegularFile(path)) {
                Files.copy(
                        path, lib.resolve(path.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from, new FileVisitOption[0])) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static String comm(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "comm")).strip();
        } catch (IOException _) {
            return "";
        }
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        Instant end = Instant.now().plus(Duration.ofMinutes(2));
        while (!condition.call()) {
            assertThat(Instant.now()).as("waited too long for " + what).isBefore(end);
            Thread.sleep(50);
        }
    }
}
