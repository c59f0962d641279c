package io.meridian.controlplane.demo;

import io.meridian.controlplane.OperatorException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Three masters, two agents and their services (PostgreSQL, Marathon) as processes of this machine,
 * each node on a loopback address of its own. A directory holds process ids, state and one log file
 * for each process.
 */
public final class LocalCluster {
    private static final String SERVICES = "local-services";
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Path directory;
    private final Path configurations;
    private final List<String> program;

    /** A node, and the URL of its admin HTTP. */
    public record Node(String name, String url) {}

    /** All nodes, in the order of their start. */
    public static final List<Node> NODES =
            List.of(
                    new Node("master-1", "http://127.0.0.11:8181"),
                    new Node("master-2", "http://127.0.0.12:8181"),
                    new Node("master-3", "http://127.0.0.13:8181"),
                    new Node("agent-1", "http://127.0.0.21:8181"),
                    new Node("agent-2", "http://127.0.0.22:8181"));

    /**
     * @param directory directory for state, process ids and logs
     * @param configurations directory with a file {@code NAME.conf} for each node
     * @param program command line that starts the program
     */
    public LocalCluster(Path directory, Path configurations, List<String> program) {
        this.directory = directory.toAbsolutePath().normalize();
        this.configurations = configurations.toAbsolutePath().normalize();
        this.program = List.copyOf(program);
    }

    public Path directory() {
        return directory;
    }

    /**
     * Starts the processes that do not run. Returns once the database and Marathon accept
     * connections and every node's process is started.
     *
     * @throws OperatorException if a process ends at once
     */
    public void up(int marathonPort) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path journal = directory.resolve("journal.conf");
        if (running(SERVICES).isEmpty()) {
            Files.deleteIfExists(journal);
            ProcessHandle services =
                    start(
                            SERVICES,
                            List.of(
                                    "cluster",
                                    SERVICES,
                                    "--directory",
                                    directory.toString(),
                                    "--marathon-port",
                                    Integer.toString(marathonPort)));
            awaitFile(journal, services);
        }
        for (Node node : NODES) {
            if (running(node.name()).isEmpty()) {
                start(
                        node.name(),
                        List.of(
                                "run",
                                "--config",
                                configuration(node, journal).toString(),
                                "-Dmeridian.sources.marathon.urls=http://127.0.0.1:"
                                        + marathonPort));
            }
        }
    }

    private void awaitFile(Path file, ProcessHandle writer)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!Files.exists(file)) {
            if (!writer.isAlive() || System.nanoTime() > deadline) {
                throw new OperatorException(
                        "the database and Marathon did not start; the end of "
                                + log(SERVICES)
                                + ":\n"
                                + String.join("\n", lastLines(log(SERVICES))));
            }
            Thread.sleep(LOOK.toMillis());
        }
    }

    private static List<String> lastLines(Path file) throws IOException {
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        return lines.subList(Math.max(0, lines.size() - 5), lines.size());
    }

    private Path configuration(Node node, Path journal) throws IOException {
        Path conf = directory.resolve(node.name() + ".conf");
        String text =
                """
                include file("%s")
                include file("%s")
                meridian.state.directory = "%s"
                """
                        .formatted(
                                configurations.resolve(node.name() + ".conf"),
                                journal,
                                directory.resolve(node.name()));
        return Files.writeString(conf, text);
    }

    private ProcessHandle start(String name, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        // In a session of its own, the process gets neither Ctrl-C nor the terminal's SIGHUP.
        if (Stream.of("/usr/bin/setsid", "/bin/setsid").anyMatch(p -> Files.exists(Path.of(p)))) {
            command.add("setsid");
        }
        command.addAll(program);
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()))
                        .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment()
                .putIfAbsent(
                        "MERIDIAN_JAVA_OPTS", "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        ProcessHandle process = builder.start().toHandle();
        Files.writeString(processFile(name), process.pid() + " " + startOf(process));
        return process;
    }

    private Path log(String name) {
        return directory.resolve(name + ".log");
    }

    private Path processFile(String name) {
        return directory.resolve(name + ".process");
    }

    /** Start time of a process; tells it from a later process with the same id. */
    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
    }

    private Optional<ProcessHandle> running(String name) throws IOException {
        Path file = processFile(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String[] written = Files.readString(file).strip().split(" ");
        return ProcessHandle.of(Long.parseLong(written[0]))
                .filter(ProcessHandle::isAlive)
                .filter(process -> startOf(process) == Long.parseLong(written[1]));
    }

    /** The running processes, by name. */
    public Map<String, ProcessHandle> processes() {
        Map<String, ProcessHandle> all = new java.util.LinkedHashMap<>();
        Stream.concat(Stream.of(SERVICES), NODES.stream().map(Node::name))
                .forEach(
                        name -> {
                            try {
                                running(name).ifPresent(process -> all.put(name, process));
                            } catch (IOException unreadable) {
                                throw new UncheckedIOException(unreadable);
                            }
                        });
        return all;
    }

    /**
     * Stops all running processes: agents, then masters, then the services.
     *
     * @return names of the processes that did not stop in time and were killed
     */
    public List<String> down() throws IOException, InterruptedException {
        List<String> killed = new ArrayList<>();
        Map<String, ProcessHandle> all = processes();
        List<String> nodes = NODES.stream().map(Node::name).filter(all::containsKey).toList();
        nodes.forEach(name -> all.get(name).destroy());
        for (String name : nodes) {
            stopped(name, all.get(name), killed);
        }
        if (all.containsKey(SERVICES)) {
            all.get(SERVICES).destroy();
            stopped(SERVICES, all.get(SERVICES), killed);
        }
        return killed;
    }

    private void stopped(String name, ProcessHandle process, List<String> killed)
            throws IOException, InterruptedException {
        try {
            process.onExit().get(STOP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException late) {
            killed.add(name);
            process.destroyForcibly();
        } catch (java.util.concurrent.ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        Files.deleteIfExists(processFile(name));
    }
}
