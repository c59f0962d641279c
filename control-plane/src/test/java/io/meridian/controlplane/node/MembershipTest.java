package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.controlplane.artery.LoggedHandshakes;
import io.meridian.controlplane.artery.PeerFilter;
import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.config.NodeSettings;
import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Real clusters over TCP and TLS on this machine; the actor systems have no database. */
class MembershipTest {
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(2);

    private static final int[] MALFORMED = {-4, -1, Integer.MIN_VALUE, 0, 27, 524_289, 1 << 30};

    private final List<Node> nodes = new ArrayList<>();
    private final List<String> seeds = new ArrayList<>();

    @TempDir Path directory;

    private record Node(
            Membership membership, AtomicReference<ActorSystem<?>> system, AtomicBoolean hears) {
        Member self() {
            return Cluster.get(system.get()).selfMember();
        }

        Set<String> up() {
            Set<String> up = new HashSet<>();
            Cluster.get(system.get())
                    .state()
                    .getMembers()
                    .forEach(
                            member -> {
                                if (member.status().equals(MemberStatus.up())) {
                                    up.add(
                                            member.address().getHost().get()
                                                    + ":"
                                                    + member.address().getPort().get());
                                }
                            });
            return up;
        }
    }

    @AfterEach
    void stop() {
        nodes.parallelStream().forEach(node -> node.membership().close());
    }

    private void seeds(int count) throws IOException {
        List<ServerSocket> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        for (ServerSocket one : taken) {
            seeds.add("127.0.0.1:" + one.getLocalPort());
            one.close();
        }
    }

    private Node master(int seed, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("meridian.roles", "master");
        settings.put("meridian.cluster.port", seeds.get(seed).substring("127.0.0.1:".length()));
        return start(settings);
    }

    private Node agent(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("meridian.roles", "agent");
        settings.put("meridian.cluster.port", "0");
        return start(settings);
    }

    private Node start(Map<String, String> settings) {
        return start(settings, ConfigFactory.empty());
    }

    private Node start(Map<String, String> settings, Config override) {
        settings.put("meridian.node.address", "127.0.0.1");
        settings.put("meridian.cluster.seeds", String.join(",", seeds));
        settings.putIfAbsent("meridian.cluster.rejoin-after", "20s");
        Configuration configuration = Configuration.load(Optional.empty(), settings);
        NodeSettings node = configuration.read(NodeSettings::from);
        Config akka =
                override.withFallback(RunningNode.akka(node, configuration, Optional.empty()));
        AtomicReference<ActorSystem<?>> system = new AtomicReference<>();
        AtomicBoolean hears = new AtomicBoolean(true);
        Membership membership =
                Membership.start(
                        node.cluster(),
                        akka,
                        one -> {
                            system.set(one);
                            return Optional.empty();
                        },
                        hears::get);
        Node started = new Node(membership, system, hears);
        nodes.add(started);
        return started;
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    @Test
    void aMasterWaitsForAMajority() throws Exception {
        seeds(3);
        Node first = master(0, Map.of());
        await("joined itself", () -> first.self().status().equals(MemberStatus.joining()));
        Node agent = agent(Map.of());
        Thread.sleep(3000); // absence of an event cannot be awaited
        assertThat(first.up()).isEmpty();

        Node second = master(1, Map.of());
        await("both masters and the agent are up", () -> second.up().size() == 3);
        await("the agent knows", () -> agent.up().equals(second.up()));
        assertThat(agent.up()).contains(seeds.get(0), seeds.get(1));
    }

    @Test
    void mastersFormAClusterWithoutTheFirstSeed() throws Exception {
        seeds(3);
        Map<String, String> soon = Map.of("meridian.cluster.rejoin-after", "7s");
        Node second = master(1, soon);
        Node third = master(2, soon);
        await("two of three", () -> second.up().size() == 2 && third.up().size() == 2);
    }

    /** Compares by identity, because actor systems with the same name are equal. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isAnother(Node node, ActorSystem<?> before) {
        return node.system().get() != before;
    }

    @Test
    void aDownedNodeRejoins() throws Exception {
        seeds(1);
        Node master = master(0, Map.of());
        Node agent = agent(Map.of());
        await("both", () -> master.up().size() == 2);
        ActorSystem<?> before = agent.system().get();
        Cluster.get(master.system().get()).manager().tell(new Down(agent.self().address()));
        await("another life", () -> isAnother(agent, before) && master.up().size() == 2);
        await("the agent knows", () -> agent.up().equals(master.up()));
    }

    @Test
    void theYoungerOfTwoNodesWithOneIdEnds() throws Exception {
        seeds(1);
        Node master = master(0, Map.of("meridian.node.id", "master"));
        Node older = agent(Map.of("meridian.node.id", "agent"));
        await("older is up", () -> master.up().size() == 2);
        Node younger = agent(Map.of("meridian.node.id", "agent"));
        await("younger is up", () -> nodes.stream().allMatch(node -> node.up().size() == 3));

        Set<Node> ended = ConcurrentHashMap.newKeySet();
        for (Node node : nodes) {
            node.system()
                    .get()
                    .systemActorOf(
                            NodeIdWatch.create(Duration.ofMillis(50), () -> ended.add(node)),
                            "node-id-watch",
                            Props.empty());
        }

        await("one has ended", () -> ended.contains(younger));
        assertThat(ended).doesNotContain(master, older);
    }

    @Test
    void anAgentThatHearsNoMasterRejoins() throws Exception {
        seeds(1);
        Node master = master(0, Map.of());
        Node agent = agent(Map.of("meridian.cluster.rejoin-after", "5s"));
        await("both", () -> master.up().size() == 2);
        ActorSystem<?> before = agent.system().get();
        agent.hears().set(false);
        await("another life", () -> isAnother(agent, before));
        agent.hears().set(true);
        await("both again", () -> master.up().size() == 2 && agent.up().equals(master.up()));
    }

    @NeedsPackage(SystemPackage.OPENSSL)
    @Test
    void onlyCertificatesOfTheAuthorityJoin() throws Exception {
        certificates("ours", "one", "two");
        certificates("theirs", "stranger");
        seeds(1);
        Node master = master(0, tls("ours", "one"));
        Node agent = agent(tls("ours", "two"));
        await("both", () -> master.up().size() == 2 && agent.up().size() == 2);

        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger handshakes = (Logger) LoggerFactory.getLogger(LoggedHandshakes.class);
        handshakes.addAppender(log);
        Node stranger = agent(tls("theirs", "stranger"));
        await("the master says whom it refuses", () -> !log.list.isEmpty());
        Node plain = agent(Map.of());
        Thread.sleep(8000); // a few attempts; nothing can be awaited where nothing must happen
        assertThat(master.up()).hasSize(2);
        assertThat(stranger.up()).isEmpty();
        assertThat(plain.up()).isEmpty();

        handshakes.detachAppender(log);
        assertThat(List.copyOf(log.list))
                .extracting(ILoggingEvent::getFormattedMessage)
                .allMatch(line -> line.startsWith("closed a cluster connection: refused="));

        certificates("ours", "one", "two"); // rotated while it runs
        Node third = agent(tls("ours", "two"));
        await("a third", () -> third.up().size() == 3);
    }

    /**
     * Nine bytes of the first row once made akka-remote read in a circle until the heap was full.
     */
    @Test
    void malformedFramesEndTheirConnectionOnly() throws Exception {
        seeds(1);
        Node master = master(0, Map.of());
        Node agent = agent(Map.of());
        await("both", () -> master.up().size() == 2 && agent.up().size() == 2);
        int port = master.self().address().getPort().orElseThrow();
        for (int length : MALFORMED) {
            try (Socket stranger = new Socket("127.0.0.1", port)) {
                stranger.setSoTimeout(20_000);
                stranger.getOutputStream().write(frameHeader(length));
                assertThat(isClosed(stranger)).as("closed after length %d", length).isTrue();
            }
        }
        assertThat(agent.self().status()).isEqualTo(MemberStatus.up());
        Node second = agent(Map.of());
        await("a third node joins", () -> second.up().size() == 3 && agent.up().size() == 3);
    }

    /** Loopback is always allowed, so the test narrows what the configuration allows. */
    @Test
    void aHostOutsideTheNetworksIsClosedUnread() throws Exception {
        seeds(1);
        Config allow = ConfigFactory.parseMap(Map.of(PeerFilter.KEY, List.of("127.0.0.1/32")));
        Map<String, String> settings = new HashMap<>();
        settings.put("meridian.roles", "master");
        settings.put("meridian.cluster.port", seeds.getFirst().substring("127.0.0.1:".length()));
        Node master = start(settings, allow);
        await("up", () -> master.up().size() == 1);

        try (Socket stranger = new Socket()) {
            stranger.setSoTimeout(20_000);
            stranger.bind(new InetSocketAddress("127.0.0.9", 0));
            stranger.connect(
                    new InetSocketAddress(
                            "127.0.0.1", master.self().address().getPort().orElseThrow()));
            assertThat(isClosed(stranger)).isTrue();
        }
        Node agent = agent(Map.of());
        await("both", () -> master.up().size() == 2 && agent.up().size() == 2);
    }

    @Test
    void malformedFramesEndTheirConnectionUnderTlsToo() throws Exception {
        certificates("ours", "one", "two", "three");
        seeds(1);
        Node master = master(0, tls("ours", "one"));
        await("up", () -> master.up().size() == 1);
        for (int length : MALFORMED) {
            Process stranger = openssl(master.self().address().getPort().orElseThrow(), "three");
            try {
                stranger.getOutputStream().write(frameHeader(length));
                stranger.getOutputStream().flush(); // and stays open: the node has to close
                assertThat(stranger.waitFor(30, TimeUnit.SECONDS))
                        .as("closed after length %d", length)
                        .isTrue();
            } finally {
                stranger.destroyForcibly();
            }
        }
        Node agent = agent(tls("ours", "two"));
        await("both", () -> master.up().size() == 2 && agent.up().size() == 2);
    }

    private static byte[] frameHeader(int length) {
        return ByteBuffer.allocate(9)
                .put("AKKA\u0001".getBytes(StandardCharsets.US_ASCII))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .array();
    }

    /** Whether the peer closes the connection; a reset counts as closed. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Connects a client without cluster membership, with a certificate of the nodes' authority. */
    private Process openssl(int port, String node) throws IOException {
        Path place = directory.resolve("ours");
        return new ProcessBuilder(
                        "openssl",
                        "s_client",
                        "-quiet",
                        "-connect",
                        "127.0.0.1:" + port,
                        "-cert",
                        place.resolve(node + "/node.crt").toString(),
                        "-key",
                        place.resolve(node + "/node.key").toString(),
                        "-CAfile",
                        place.resolve("ca.crt").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("openssl").toFile())
                .start();
    }

    private Map<String, String> tls(String authority, String node) {
        Path place = directory.resolve(authority);
        return Map.of(
                "meridian.cluster.tls.enabled", "true",
                "meridian.cluster.tls.certificate", place.resolve(node + "/node.crt").toString(),
                "meridian.cluster.tls.key", place.resolve(node + "/node.key").toString(),
                "meridian.cluster.tls.authority", place.resolve("ca.crt").toString(),
                "akka.remote.artery.ssl.rotating-keys-engine.ssl-context-cache-ttl", "1s");
    }

    private void certificates(String authority, String... names) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of("../conf/tls/make-test-ca").toAbsolutePath().normalize().toString());
        command.add(directory.resolve(authority).toString());
        command.addAll(List.of(names));
        Path said = directory.resolve("said");
        Process script =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        assertThat(script.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(script.exitValue()).as(Files.readString(said)).isZero();
    }
}
