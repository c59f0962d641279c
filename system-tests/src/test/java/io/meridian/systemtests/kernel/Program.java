package io.meridian.systemtests.kernel;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code meridian run --config FILE} as a process. */
final class Program {
    private static final String URL = "http://127.0.0.1:8181";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final Path log;

    private Program(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts the program; does not wait until it is ready.
     *
     * @param log file for the program's log
     * @param overrides settings such as {@code -Dmeridian.dataplane.kind=dry-run}
     */
    static Program start(Path config, Path log, String... overrides) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:UseAVX=0", // as in UmlKernel.java()
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Xshare:auto",
                                "-XX:-UsePerfData",
                                "-Xmx320m",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                                "-Dlogback.configurationFile="
                                        + Path.of(System.getProperty("meridian.home"))
                                                .resolve("conf/logback.xml"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.meridian.controlplane.Main",
                                "run",
                                "--config",
                                config.toString()));
        command.addAll(List.of(overrides));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(log.toFile())
                        .start();
        return new Program(process, log);
    }

    /**
     * Whether the program serves a complete image.
     *
     * @throws AssertionError if the program has ended
     */
    boolean isReady() throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError(
                    "the program ended with " + process.exitValue() + "\n" + Files.readString(log));
        }
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(URL + "/health/ready"))
                        .timeout(Duration.ofSeconds(10))
                        .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Kills the program ({@code kill -9}); returns when it has ended. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("still there after kill -9: " + process.pid());
        }
    }

    /** Sends SIGTERM; returns the exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("still there 60 s after SIGTERM: " + process.pid());
        }
        return process.exitValue();
    }

    String get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(URL + path))
                        .timeout(Duration.ofSeconds(20))
                        .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    String log() throws IOException {
        return Files.readString(log);
    }
}
