package io.meridian.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * One node with both roles and an embedded database, started by the launcher as an operator starts
 * it. Its log is {@code node.log} in the directory. {@link #close} ends it; so does the end of this
 * JVM.
 */
public final class NodeProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration REQUEST = Duration.ofSeconds(30);
    private static final int SECONDS_TO_STOP = 30;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int httpPort;
    private final int dnsPort;
    private final long started = System.nanoTime();

    private NodeProcess(Process process, int httpPort, int dnsPort) {
        this.process = process;
        this.httpPort = httpPort;
        this.dnsPort = dnsPort;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    }

    /**
     * Starts the node on free ports of 127.0.0.1.
     *
     * @param directory for configuration, state and log
     * @param launcher path of the script {@code meridian}
     * @param sources HOCON lines below {@code meridian.sources}
     */
    public static NodeProcess start(Path directory, String launcher, String sources)
            throws IOException {
        int httpPort = freePort();
        int dnsPort = freePort();
        Path configuration =
                Files.writeString(
                        directory.resolve("node.conf"),
                        """
                        meridian {
                          roles = [master, agent]
                          node { id = one, address = "127.0.0.1" }
                          cluster.port = 0
                          journal.kind = embedded
                          dns.listen = ["127.0.0.1:%d"]
                          http.listen = "127.0.0.1:%d"
                          dataplane.kind = dry-run
                          state.directory = "%s"
                          sources { %s }
                        }
                        """
                                .formatted(dnsPort, httpPort, directory.resolve("state"), sources));
        Process process =
                new ProcessBuilder(launcher, "run", "--config", configuration.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("node.log").toFile())
                        .start();
        return new NodeProcess(process, httpPort, dnsPort);
    }

    public int dnsPort() {
        return dnsPort;
    }

    /** {@link System#nanoTime} just after the start of the process. */
    public long started() {
        return started;
    }

    /**
     * Gets a document of the admin HTTP.
     *
     * @throws IOException without a 200 within 30 s
     */
    public byte[] get(String path) throws IOException, InterruptedException {
        HttpResponse<byte[]> response =
                http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                                .timeout(REQUEST)
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(path + " answered " + response.statusCode());
        }
        return response.body();
    }

    /** Returns whether {@code /health/ready} answers 200. */
    public boolean isReady() throws InterruptedException {
        try {
            get("/health/ready");
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /**
     * Tests a condition each 100 ms until it holds.
     *
     * @param what the condition in words, for the exception
     * @return {@link System#nanoTime} when it held
     * @throws IllegalStateException if the node has ended, or 10 minutes have passed
     */
    public long await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the node ended before: " + what);
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within " + PATIENCE + ": " + what);
            }
            Thread.sleep(100);
        }
        return System.nanoTime();
    }

    /**
     * Memory now, in MB.
     *
     * @param node resident set of the node
     * @param nodePeak largest resident set of the node so far
     * @param database private memory of all database processes; shared buffers are not in it
     */
    public record Memory(long node, long nodePeak, long database) {
        @Override
        public String toString() {
            return "node-MB=%d node-peak-MB=%d database-private-MB=%d"
                    .formatted(node, nodePeak, database);
        }
    }

    public Memory memory() throws IOException {
        long database = 0;
        for (ProcessHandle child : process.descendants().toList()) {
            database += kilobytes(child.pid(), "RssAnon");
        }
        return new Memory(
                kilobytes(process.pid(), "VmRSS") / 1024,
                kilobytes(process.pid(), "VmHWM") / 1024,
                database / 1024);
    }

    /** A process that has ended meanwhile has 0. */
    private static long kilobytes(long pid, String field) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Stops the node and its database; after 30 s by force. */
    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(SECONDS_TO_STOP, TimeUnit.SECONDS)
                .exceptionally(
                        _ -> {
                            process.descendants().forEach(ProcessHandle::destroyForcibly);
                            return process.destroyForcibly();
                        })
                .join();
        http.close();
    }
}
