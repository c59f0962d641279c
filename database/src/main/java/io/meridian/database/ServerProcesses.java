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
 * The server's processes that work in one data directory. PostgreSQL's processes all stay in their
 * data directory, so that is what they are known by: a process id in a file alone may by now be
 * somebody else's.
 */
record ServerProcesses(Path data) {
    /** Signals as PostgreSQL reads them. */
    enum Stop {
        /** Ends sessions, writes all out, exits. */
        FAST("INT", Duration.ofSeconds(20)),
        /** Exits at once; recovers at the next start. */
        IMMEDIATE("QUIT", Duration.ofSeconds(10)),
        KILL("KILL", Duration.ofSeconds(10));

        private final String signal;
        private final Duration deadline;

        Stop(String signal, Duration deadline) {
            this.signal = signal;
            this.deadline = deadline;
        }
    }

    /** Process ids, none if no server runs here. */
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

    /** The first of the server's processes, which the others descend from. */
    Optional<Long> postmaster() throws IOException {
        Optional<Long> written = writtenPid();
        List<Long> running = pids();
        return written.filter(running::contains);
    }

    /** Whether the server says that it takes connections. */
    boolean ready() throws IOException {
        return postmaster().isPresent()
                && statusFile().stream()
                        .skip(7)
                        .findFirst()
                        .map(String::trim)
                        .equals(Optional.of("ready"));
    }

    /**
     * Ends all of them: fast, then at once, then by force.
     *
     * @return how many there were
     * @throws DatabaseException if some survive even that
     */
    int stopAll() throws IOException, InterruptedException {
        List<Long> found = pids();
        for (Stop stop : Stop.values()) {
            List<Long> left = pids();
            if (left.isEmpty()) {
                break;
            }
            // Its children end with it; without it each has to be told.
            List<Long> told = stop == Stop.KILL ? left : postmaster().map(List::of).orElse(left);
            for (long pid : told) {
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
     * Forgets a server that is no more. Its note would stop the next one if the process id has been
     * given to another program since, as after a reboot.
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
            return false; // gone meanwhile, or another user's
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
