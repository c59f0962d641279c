package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Resistance of a node's cluster port to malformed input, in a real process. */
final class ClusterPortTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir Path directory;
    private int port;

    /**
     * With akka-remote's own framing, this input makes 70 MB of log a second until the heap is
     * full.
     */
    @Test
    void malformedFramesCostNeitherProcessorNorLog() throws Exception {
        try (ChildNode agent = start(programClassPath())) {
            Waiting.until("cluster port is open", LIMIT, () -> connects(agent));
            Duration before = cpu(agent);
            long start = System.nanoTime();
            for (int length : new int[] {-4, -4, -1, Integer.MIN_VALUE, 0, 27, 1 << 30}) {
                try (Socket stranger = connect()) {
                    stranger.setSoTimeout(20_000);
                    stranger.getOutputStream().write(frameHeader(length));
                    assertThat(isClosed(stranger)).as("closed after length %d", length).isTrue();
                }
            }
            Thread.sleep(5000); // only time shows the cost of a loop
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            String log = agent.output();
            assertThat(log).hasSizeLessThan(20_000);
            assertThat(log).contains("closed a cluster connection", "frame_length=-4");
            assertThat(cpu(agent).minus(before)).isLessThan(elapsed.dividedBy(2));
            assertThat(connects(agent)).as("others may connect").isTrue();
        }
    }

    /** A wrong order of jars would silently activate Akka's own framing. */
    @Test
    void aNodeWhoseClassPathHasAkkaFirstRefusesToStart() throws Exception {
        List<String> classPath = new ArrayList<>(ChildNode.classPath());
        List<String> remote =
                classPath.stream().filter(jar -> jar.contains("akka-remote")).toList();
        assertThat(remote).hasSize(1);
        classPath.addAll(0, remote);
        try (ChildNode node = start(classPath)) {
            assertThat(node.exitCode(LIMIT)).isOne();
            assertThat(node.output()).contains("akka-remote precedes meridian on the class path");
        }
    }

    /** Starts a node as the launcher does if this build has its jars, else from the class path. */
    private static List<String> programClassPath() {
        return ChildNode.classPath().stream()
                .map(Path::of)
                .filter(entry -> entry.endsWith("meridian/lib/meridian.jar"))
                .map(jar -> jar.getParent().resolveSibling("meridian-start.jar"))
                .findAny()
                .map(jar -> List.of(jar.toString()))
                .orElseGet(ChildNode::classPath);
    }

    /** Settings of an agent, which needs no database; its master does not exist. */
    private ChildNode start(List<String> classPath) throws IOException {
        port = ChildNode.freePort();
        Map<String, String> settings = new HashMap<>();
        settings.put("meridian.roles", "[agent]");
        settings.put("meridian.node.address", "127.0.0.1");
        settings.put("meridian.cluster.port", Integer.toString(port));
        settings.put("meridian.cluster.seeds", "[\"127.0.0.1:" + ChildNode.freePort() + "\"]");
        settings.put("meridian.http.listen", "127.0.0.1:0");
        settings.put("meridian.dns.listen", "[\"127.0.0.1:0\"]");
        settings.put("meridian.state.directory", directory.resolve("state").toString());
        return ChildNode.start(
                List.of(),
                classPath,
                directory.resolve("node.log"),
                List.of(),
                List.of(
                        "run",
                        "--config",
                        ChildNode.configuration(directory.resolve("node.conf"), settings)
                                .toString()));
    }

    private boolean connects(ChildNode node) throws IOException {
        assertThat(node.isAlive()).as(node.output()).isTrue();
        try (Socket socket = connect()) {
            return socket.isConnected();
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
        return socket;
    }

    private static byte[] frameHeader(int length) {
        return ByteBuffer.allocate(9)
                .put("AKKA\u0001".getBytes(StandardCharsets.US_ASCII))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .array();
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static Duration cpu(ChildNode node) {
        return ProcessHandle.of(node.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }
}
