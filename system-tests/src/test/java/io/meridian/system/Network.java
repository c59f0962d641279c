package io.meridian.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network of this machine's own: a namespace per node, all on one bridge, whose own address is
 * this process's. Needs root. Faults are rules in a node's namespace about what it sends.
 */
final class Network implements AutoCloseable {
    private static final String PATH = "/usr/sbin:/sbin:/usr/bin:/bin";

    private final String prefix;
    private final String net;
    private final List<String> namespaces = new ArrayList<>();

    /** Makes the bridge. */
    Network() throws IOException, InterruptedException {
        long self = ProcessHandle.current().pid();
        prefix = "mf" + self % 10_000;
        net = "10." + (200 + self % 50) + "." + self / 50 % 250 + ".";
        run("ip", "link", "add", bridge(), "type", "bridge");
        run("ip", "addr", "add", address() + "/24", "dev", bridge());
        run("ip", "link", "set", bridge(), "up");
    }

    /** Whether this user may make one here. */
    static boolean isPossible() throws InterruptedException {
        String name = "mfprobe" + ProcessHandle.current().pid() % 10_000;
        try {
            run("ip", "netns", "add", name);
            run("ip", "netns", "exec", name, "iptables", "-L", "-n");
            run("ip", "netns", "del", name);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private String bridge() {
        return prefix + "br";
    }

    /** This process's. */
    String address() {
        return net + "1";
    }

    /** A new host on the bridge. */
    Site host(String name, int number) throws IOException, InterruptedException {
        String namespace = prefix + "-" + name;
        String inside = prefix + "i" + number;
        String outside = prefix + "o" + number;
        run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside);
        run("ip", "link", "set", inside, "netns", namespace);
        run("ip", "link", "set", outside, "master", bridge(), "up");
        run("ip", "-n", namespace, "link", "set", "lo", "up");
        run("ip", "-n", namespace, "addr", "add", net + number + "/24", "dev", inside);
        run("ip", "-n", namespace, "link", "set", inside, "up");
        return new Site(name, net + number, List.of("ip", "netns", "exec", namespace));
    }

    /** Nothing that one sends reaches the other; what the other sends comes through. */
    void drop(Site from, Site to) throws IOException, InterruptedException {
        rule(from, "-A", "-d", to.address(), "-j", "DROP");
    }

    /** A share of what one sends to the other is lost: 0..1. */
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

    /** Nothing gets through either way. */
    void part(Site one, Site other) throws IOException, InterruptedException {
        drop(one, other);
        drop(other, one);
    }

    /** All is well again for what this one sends. */
    void heal(Site from) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(from.prefix());
        command.addAll(List.of("iptables", "-F", "OUTPUT"));
        run(command.toArray(String[]::new));
    }

    private static void rule(Site from, String... rule) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(from.prefix());
        command.addAll(List.of("iptables", rule[0], "OUTPUT"));
        command.addAll(List.of(rule).subList(1, rule.length));
        run(command.toArray(String[]::new));
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
