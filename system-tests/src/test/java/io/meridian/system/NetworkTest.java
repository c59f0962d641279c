package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** {@link Network} injects the requested faults and no others. */
final class NetworkTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration DELAY = Duration.ofMillis(300);
    private static final Duration JITTER = Duration.ofMillis(50);
    private static final Duration LEAST = DELAY.minus(JITTER);

    @BeforeAll
    static void possible() throws InterruptedException {
        Network.require();
    }

    @Test
    void aRoundTripTakesTheDelaysOfBothWaysLonger(@TempDir Path directory) throws Exception {
        try (Network network = new Network()) {
            Site one = network.host("one", 11);
            Site other = network.host("other", 12);
            Process server =
                    command(
                            other,
                            PacketDelay.PYTHON,
                            "-m",
                            "http.server",
                            "-d",
                            directory.toString(),
                            "-b",
                            other.address(),
                            "8000");
            try {
                String url = "http://" + other.address() + ":8000/";
                Waiting.until("fast", LIMIT, () -> connect(one, url).compareTo(LEAST) < 0);
                network.delay(one, List.of(other.address()), DELAY, JITTER);
                assertThat(connect(one, url)).isBetween(LEAST, LIMIT);
                network.delay(other, List.of(one.address()), DELAY, JITTER);
                assertThat(connect(one, url)).isBetween(LEAST.multipliedBy(2), LIMIT);
                assertThat(network.heal(one)).isPositive();
                assertThat(network.heal(other)).isPositive();
                Waiting.until("fast again", LIMIT, () -> connect(one, url).compareTo(LEAST) < 0);
            } finally {
                server.destroyForcibly();
            }
        }
    }

    /**
     * Sends many segments, whose checksums the kernel must compute because the device has no
     * offload.
     */
    @Test
    void delayedPacketsArriveWhole(@TempDir Path directory) throws Exception {
        byte[] content = new byte[300_000];
        new Random(7).nextBytes(content);
        Path file = Files.write(directory.resolve("content"), content);
        try (Network network = new Network()) {
            Site host = network.host("host", 11);
            CompletableFuture<byte[]> arrived = new CompletableFuture<>();
            HttpServer server = HttpServer.create(new InetSocketAddress(network.address(), 0), 0);
            server.createContext(
                    "/",
                    exchange -> {
                        arrived.complete(exchange.getRequestBody().readAllBytes());
                        exchange.sendResponseHeaders(204, -1);
                        exchange.close();
                    });
            server.start();
            try {
                network.delay(host, List.of(network.address()), DELAY, JITTER);
                String url = "http://" + network.address() + ":" + server.getAddress().getPort();
                say(host, "curl", "-sS", "--data-binary", "@" + file, url);
                assertThat(Arrays.equals(arrived.join(), content)).isTrue();
            } finally {
                server.stop(0);
            }
        }
    }

    @Test
    void delayedPacketsKeepTheirOrder() throws Exception {
        try (Network network = new Network();
                DatagramSocket socket =
                        new DatagramSocket(new InetSocketAddress(network.address(), 0))) {
            Site host = network.host("host", 11);
            network.delay(host, List.of(network.address()), DELAY, DELAY);
            Process sender =
                    command(
                            host,
                            PacketDelay.PYTHON,
                            "-c",
                            """
                            import socket, sys
                            out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                            for i in range(100):
                                out.sendto(str(i).encode(), (sys.argv[1], int(sys.argv[2])))
                            """,
                            network.address(),
                            Integer.toString(socket.getLocalPort()));
            assertThat(sender.waitFor()).isZero();
            socket.setSoTimeout((int) LIMIT.toMillis());
            List<String> numbers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                DatagramPacket packet = new DatagramPacket(new byte[10], 10);
                socket.receive(packet);
                numbers.add(
                        new String(
                                packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
            }
            assertThat(numbers)
                    .isEqualTo(IntStream.range(0, 100).mapToObj(Integer::toString).toList());
            assertThat(network.heal(host)).isEqualTo(100);
        }
    }

    /** Measures the time to connect: one round trip. */
    private static Duration connect(Site from, String url) throws Exception {
        String seconds = say(from, "curl", "-sS", "-o", "/dev/null", "-w", "%{time_connect}", url);
        return Duration.ofNanos((long) (Double.parseDouble(seconds) * 1e9));
    }

    private static String say(Site host, String... words) throws Exception {
        Process process = command(host, words);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
        return said;
    }

    private static Process command(Site host, String... words) throws IOException {
        List<String> command = new ArrayList<>(host.prefix());
        command.addAll(List.of(words));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
