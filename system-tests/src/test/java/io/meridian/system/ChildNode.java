package io.meridian.system;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Runs the program as a process, from this test's class path. Its JVM options favour a fast start
 * over throughput.
 */
final class ChildNode implements AutoCloseable {
    private final Process process;
    private final Path log;

    private ChildNode(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * @param log file to which standard output and standard error are appended
     * @param jvm more options for the virtual machine
     * @param arguments of the command line
     */
    static ChildNode start(Path log, List<String> jvm, List<String> arguments) throws IOException {
        return start(List.of(), log, jvm, arguments);
    }

    /**
     * @param prefix a command that execs the rest of its line, such as {@code ip netns exec NAME}
     */
    static ChildNode start(List<String> prefix, Path log, List<String> jvm, List<String> arguments)
            throws IOException {
        return start(prefix, classPath(), log, jvm, arguments);
    }

    /**
     * @param classPath of the program, which may be another build
     */
    static ChildNode start(
            List<String> prefix,
            List<String> classPath,
            Path log,
            List<String> jvm,
            List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr"));
        command.addAll(jvm);
        command.add("-cp");
        command.add(String.join(File.pathSeparator, classPath));
        command.add("io.meridian.controlplane.Main");
        command.addAll(arguments);
        return new ChildNode(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start(),
                log);
    }

    /**
     * Starts a node that keeps a class data archive beside the log, if possible; its second start
     * is faster.
     */
    static ChildNode run(Path directory, Path configuration) throws IOException {
        // only classes of jars can be archived; a build of all rooms at once uses folders
        boolean jars = classPath().stream().noneMatch(entry -> Files.isDirectory(Path.of(entry)));
        return start(
                directory.resolve("node.log"),
                jars
                        ? List.of(
                                "-XX:+AutoCreateSharedArchive",
                                "-XX:SharedArchiveFile=" + directory.resolve("classes.jsa"))
                        : List.of(),
                List.of("run", "--config", configuration.toString()));
    }

    /** This test's class path without the test classes. */
    static List<String> classPath() {
        String all =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .toList();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() throws IOException {
        return Files.readString(log);
    }

    /** The node's process and all its descendants, such as the database. */
    List<ProcessHandle> family() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        return all;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Sends SIGTERM. @return the exit code */
    int stop(Duration limit) throws InterruptedException {
        process.destroy();
        return exitCode(limit);
    }

    /**
     * @throws AssertionError if the node does not end in time
     */
    int exitCode(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("process did not end within " + limit.toSeconds() + " s");
        }
        return process.exitValue();
    }

    /** Waits until the node has a complete image; otherwise fails with the node's output. */
    void awaitReady(NodeApi api, Duration limit) throws Exception {
        try {
            Waiting.until("ready", limit, () -> !process.isAlive() || api.isReady());
        } catch (AssertionError late) {
            throw new AssertionError(output(), late);
        }
        if (!process.isAlive()) {
            throw new AssertionError("ended with code " + process.exitValue() + ":\n" + output());
        }
    }

    /** Kills the node; does not wait for its end. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Writes a configuration file with one key a line. */
    static Path configuration(Path file, Map<String, String> settings) throws IOException {
        return Files.writeString(
                file,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + " = " + hocon(setting.getValue()))
                        .sorted()
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    private static String hocon(String value) {
        return value.startsWith("[") ? value : "\"" + value + "\"";
    }

    /**
     * Returns a port that is free for TCP and UDP, outside the ephemeral range: a client of a dead
     * server could otherwise get the server's port and connect to itself.
     */
    static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            InetAddress loopback = InetAddress.getLoopbackAddress();
            try (ServerSocket tcp = new ServerSocket(port, 1, loopback);
                    DatagramSocket udp = new DatagramSocket(port, loopback)) {
                if (tcp.isBound() && udp.isBound()) {
                    return port;
                }
            } catch (BindException _) {
                // in use: try the next
            }
        }
    }
}
