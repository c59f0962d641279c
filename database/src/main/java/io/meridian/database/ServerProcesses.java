package io.meridian.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Finds and stops PostgreSQL's processes of one data directory. Their working directory identifies
 * them, because the kernel may have given the process id in {@code postmaster.pid} to another
 * program.
 */
record ServerProcesses(Path data) {
    /** Ways to stop PostgreSQL, by signal. */
    enum Stop {
        /** The server ends sessions, writes a checkpoint and exits. */
        FAST("INT", Duration.ofSeconds(20)),
        /** The server exits at once and runs crash recovery at the next start. */
        IMMEDIATE("QUIT", Duration.ofSeconds(10)),
        KILL("KILL", Duration.ofSeconds(10));

        private final String signal;
        private final Duration deadline;

        Stop(String signal, Duration deadline) {
            this.signal = signal;
            this.deadline = deadline;
        }
    }

    /** Ids of all processes of the server; empty if none runs in the data directory. */
    List<Long> pids() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(
                            process ->
                                    Character.isDigit(process.getFileName().toString().charAt(0)))
                    .filter(this::isServer)
                    .map(process -> Long.valueOf(process.getFileName().toString()))
                    .toList();
        }
    }

    /** Id of the postmaster, the parent of the server's other processes; empty if none runs. */
    Optional<Long> postmaster() throws IOException {
        Optional<Long> written = writtenPid();
        List<Long> running = pids();
        return written.filter(running::contains);
    }

    /** Whether {@code postmaster.pid} says that the server accepts connections. */
    boolean ready() throws IOException {
        return postmaster().isPresent()
                && statusFile().stream()
                        .skip(7)
                        .findFirst()
                        .map(String::trim)
                        .equals(Optional.of("ready"));
    }

    /**
     * Stops all processes with SIGINT, then SIGQUIT, then SIGKILL.
     *
     * @return number of processes found
     * @throws DatabaseException if processes still run 10 s after SIGKILL
     */
    int stopAll() throws IOException, InterruptedException {
        List<Long> found = pids();
        for (Stop stop : Stop.values()) {
            List<Long> left = pids();
            if (left.isEmpty()) {
                break;
            }
            // The postmaster stops its children; without a postmaster each needs the signal.
            List<Long> targets = stop == Stop.KILL ? left : postmaster().map(List::of).orElse(left);
            for (long pid : targets) {
                send(stop.signal, pid);
            }
            awaitNone(stop.deadline);
        }
        List<Long> left = pids();
        if (!left.isEmpty()) {
            throw new DatabaseException(
                    "PostgreSQL processes " + left + " in " + data + " could not be stopped");
        }
        return found.size();
    }

    /**
     * Deletes {@code postmaster.pid} if no server runs. A new server refuses to start while the
     * file names a live process, which after a reboot may be another program.
     */
    void forgetDead() throws IOException {
        if (pids().isEmpty()) {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        }
    }

    private void awaitNone(Duration deadline) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(deadline);
        while (!pids().isEmpty() && Instant.now().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private Optional<Long> writtenPid() throws IOException {
        return statusFile().stream()
                .findFirst()
                .map(String::trim)
                .filter(line -> line.matches("\\d{1,18}"))
                .map(Long::valueOf);
    }

    private List<String> statusFile() throws IOException {
        Path file = data.resolve("postmaster.pid");
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }

    private boolean isServer(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(data.toRealPath())
                    && Files.readString(process.resolve("comm")).strip().equals("postgres");
        } catch (IOException _) {
            return false; // the process has ended, or belongs to another user
        }
    }

    private static void send(String signal, long pid) throws IOException, InterruptedException {
        new ProcessBuilder(
                        "sh",
                        "-c",
                        "kill -\"$1\" \"$2\" 2>/dev/null",
                        "sh",
                        signal,
                        Long.toString(pid))
                .start()
                .waitFor();
    }
}
