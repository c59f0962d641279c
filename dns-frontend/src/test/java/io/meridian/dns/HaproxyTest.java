package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.Requirement;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A real HAProxy with the configuration of {@code docs/how-to/srv-clients.md}. */
@NeedsPackage(SystemPackage.HAPROXY)
@Timeout(300)
class HaproxyTest {
    private static final Path PAGE = Path.of("../docs/how-to/srv-clients.md");
    private static final int TASKS = 60;

    /** Answers that HAProxy takes while the number of servers must not change. */
    private static final int ROUNDS = 20;

    @TempDir private Path folder;
    private DnsFrontend frontend;
    private Optional<Process> haproxy = Optional.empty();

    @BeforeEach
    void serve() {
        String web =
                IntStream.range(0, TASKS)
                        .mapToObj(
                                i ->
                                        """
                                        _web._tcp.marathon.mesos SRV 0 1 31000 web-%1$d-s%1$d.marathon.mesos.
                                        web-%1$d-s%1$d.marathon.mesos A 10.0.5.%1$d\
                                        """
                                                .formatted(i + 1))
                        .collect(Collectors.joining("\n"));
        String ports =
                IntStream.range(0, 3)
                        .mapToObj(
                                i ->
                                        "_ports._tcp.marathon.mesos SRV 0 1 3100%d ports-a-s1.marathon.mesos."
                                                .formatted(i))
                        .collect(Collectors.joining("\n"));
        frontend =
                Frontends.serving(
                        "udp-size = 4096",
                        web + "\n" + ports + "\nports-a-s1.marathon.mesos A 10.0.6.1",
                        "");
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (haproxy.isPresent()) {
            haproxy.get().destroyForcibly().waitFor();
        }
        frontend.close();
    }

    /** Over UDP with larger messages, as the page says, and over TCP. */
    @ParameterizedTest
    @CsvSource({"tcp@", "''"})
    void everyTaskAndPortIsAServerAndStaysOne(String transport) throws Exception {
        start(transport);
        until(() -> servers("web") == TASKS && servers("ports") == 3);

        long first = rounds();
        while (rounds() < first + ROUNDS) {
            assertThat(servers("web")).isEqualTo(TASKS);
            assertThat(servers("ports")).isEqualTo(3);
        }
    }

    private void start(String transport) throws IOException {
        InetSocketAddress server = Frontends.address(frontend);
        String page =
                Pattern.compile("```\n(resolvers.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(PAGE))
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group(1);
        String backend = page.substring(page.indexOf("backend web"));
        String config =
                """
                global
                  stats socket %s mode 600
                defaults
                  mode tcp
                  timeout connect 1s
                  timeout client 5s
                  timeout server 5s
                %s
                %s
                """
                        .formatted(
                                folder.resolve("stats"),
                                page,
                                backend.replace("backend web", "backend ports")
                                        .replace("template web", "template ports")
                                        .replace("_web._tcp", "_ports._tcp"))
                        .replace("tcp@127.0.0.1:53", transport + "127.0.0.1:" + server.getPort())
                        .replace("resolve 1s", "resolve 200ms")
                        .replace(" check\n", "\n");
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), config);
        haproxy =
                Optional.of(
                        new ProcessBuilder(
                                        Requirement.program(SystemPackage.HAPROXY),
                                        "-db",
                                        "-f",
                                        file.toString())
                                .redirectErrorStream(true)
                                .redirectOutput(folder.resolve("log").toFile())
                                .start());
    }

    /** Servers with an address that take connections. */
    private long servers(String backend) throws IOException {
        return command("show servers state " + backend)
                .lines()
                .map(line -> List.of(line.split(" ")))
                .filter(server -> server.size() > 6 && server.get(1).equals(backend))
                .filter(server -> server.get(4).startsWith("10.") && server.get(5).equals("2"))
                .count();
    }

    /** Valid answers that HAProxy has taken. */
    private long rounds() throws IOException {
        return command("show resolvers meridian")
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("valid:"))
                .mapToLong(line -> Long.parseLong(line.substring("valid:".length()).strip()))
                .sum();
    }

    private String command(String text) throws IOException {
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("stats")))) {
            channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII)));
            StringBuilder answer = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            while (channel.read(buffer) >= 0) {
                answer.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
                buffer.clear();
            }
            return answer.toString();
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private void until(Condition condition) throws Exception {
        while (!Files.exists(folder.resolve("stats")) || !condition.holds()) {
            assertThat(haproxy.orElseThrow().isAlive())
                    .as(() -> "HAProxy ended: " + log())
                    .isTrue();
            Thread.sleep(50);
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
