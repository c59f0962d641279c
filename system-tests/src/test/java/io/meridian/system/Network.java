package io.meridian.system;

import io.meridian.testkit.Requirement;
import io.meridian.testkit.SystemPackage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A test network: one network namespace per node, all on one bridge; this process uses the bridge's
 * address. Needs root. Faults are rules and routes in a node's namespace for packets that it sends.
 */
final class Network implements AutoCloseable {
    private static final String PATH = "/usr/sbin:/sbin:/usr/bin:/bin";

    private static final Path TUN = Path.of("/dev/net/tun");
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String prefix;
    private final String net;
    private final List<String> namespaces = new ArrayList<>();
    private final Map<String, String> links = new HashMap<>();
    private final Map<String, PacketDelay> delays = new HashMap<>();

    /** Creates the bridge. */
    Network() throws IOException, InterruptedException {
        long self = ProcessHandle.current().pid();
        int number = COUNT.incrementAndGet();
        prefix = "mf" + self % 10_000 + (char) ('a' + number % 26);
        net = "10." + (200 + self % 50) + "." + (self / 50 + number) % 250 + ".";
        run("ip", "link", "add", bridge(), "type", "bridge");
        run("ip", "addr", "add", address() + "/24", "dev", bridge());
        run("ip", "link", "set", bridge(), "up");
    }

    /**
     * Fails the running test in CI, and skips it elsewhere, if this user cannot make namespaces.
     */
    static void require() throws InterruptedException {
        Requirement.program(SystemPackage.IPROUTE2);
        Requirement.program(SystemPackage.IPTABLES);
        Requirement.program(SystemPackage.PYTHON3);
        Optional<String> refusal = refusal();
        new Requirement("root with network namespaces", refusal.orElse(""))
                .check(refusal.isEmpty());
    }

    /**
     * Returns why this user cannot create namespaces; empty if it can. Creates {@code /dev/net/tun}
     * if it is missing.
     */
    private static Optional<String> refusal() throws InterruptedException {
        String name = "mfprobe" + ProcessHandle.current().pid() % 10_000 + COUNT.incrementAndGet();
        try {
            run("ip", "netns", "add", name);
            try {
                run("ip", "netns", "exec", name, "iptables", "-L", "-n");
                run(PacketDelay.PYTHON, "-V");
                if (!Files.exists(TUN)) {
                    run("mkdir", "-p", TUN.getParent().toString());
                    run("mknod", TUN.toString(), "c", "10", "200");
                }
                run("ip", "-n", name, "tuntap", "add", "dev", PacketDelay.DEVICE, "mode", "tun");
            } finally {
                run("ip", "netns", "del", name);
            }
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of(
                    "needs root, ip netns, iptables, python3 and /dev/net/tun: "
                            + refused.getMessage());
        }
    }

    private String bridge() {
        return prefix + "br";
    }

    /** The address of this process on the bridge. */
    String address() {
        return net + "1";
    }

    /** Adds a host to the bridge. */
    Site host(String name, int number) throws IOException, InterruptedException {
        String namespace = prefix + "-" + name;
        String inside = prefix + "i" + number;
        String outside = prefix + "o" + number;
        run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside);
        run("ip", "link", "set", inside, "netns", namespace);
        links.put(name, inside);
        run("ip", "link", "set", outside, "master", bridge(), "up");
        run("ip", "-n", namespace, "link", "set", "lo", "up");
        run("ip", "-n", namespace, "addr", "add", net + number + "/24", "dev", inside);
        run("ip", "-n", namespace, "link", "set", inside, "up");
        return new Site(name, net + number, List.of("ip", "netns", "exec", namespace));
    }

    /** Drops all packets of one direction; the other direction still works. */
    void drop(Site from, Site to) throws IOException, InterruptedException {
        rule(from, "-A", "-d", to.address(), "-j", "DROP");
    }

    /** Drops a random share (0..1) of the packets of one direction. */
    void lose(Site from, Site to, double share) throws IOException, InterruptedException {
        rule(
                from,
                "-A",
                "-d",
                to.address(),
                "-m",
                "statistic",
                "--mode",
                "random",
                "--probability",
                Double.toString(share),
                "-j",
                "DROP");
    }

    /** Drops all packets of both directions. */
    void part(Site one, Site other) throws IOException, InterruptedException {
        drop(one, other);
        drop(other, one);
    }

    /**
     * Delays packets to these addresses; they arrive in order and unchanged.
     *
     * @param jitter largest deviation from {@code delay}
     */
    void delay(Site from, List<String> to, Duration delay, Duration jitter)
            throws IOException, InterruptedException {
        delays.put(from.name(), new PacketDelay(from, links.get(from.name()), delay, jitter));
        inside(from, "ip", "link", "set", PacketDelay.DEVICE, "up", "txqueuelen", "2000");
        for (String address : to) {
            inside(
                    from,
                    "ip",
                    "route",
                    "add",
                    address,
                    "dev",
                    PacketDelay.DEVICE,
                    "src",
                    from.address());
        }
    }

    /** Whether this host's packets are delayed. */
    boolean isDelayed(Site from) {
        PacketDelay delay = delays.get(from.name());
        return delay != null && delay.isAlive();
    }

    /**
     * Removes all faults of this host's packets.
     *
     * @return number of delayed packets
     */
    long heal(Site from) throws IOException, InterruptedException {
        inside(from, "iptables", "-F", "OUTPUT");
        PacketDelay delay = delays.remove(from.name());
        return delay == null ? 0 : delay.end();
    }

    private static void rule(Site from, String... rule) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("iptables", rule[0], "OUTPUT"));
        command.addAll(List.of(rule).subList(1, rule.length));
        inside(from, command.toArray(String[]::new));
    }

    private static void inside(Site host, String... command)
            throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(host.prefix());
        whole.addAll(List.of(command));
        run(whole.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", PATH);
        builder.command().set(0, "/usr/bin/env");
        builder.command().add(1, command[0]);
        Process process = builder.start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }

    @Override
    public void close() throws IOException {
        delays.values().forEach(PacketDelay::close);
        try {
            for (String namespace : namespaces) {
                run("ip", "netns", "del", namespace);
            }
            run("ip", "link", "del", bridge());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: not all namespaces are removed", stopped);
        }
    }
}
