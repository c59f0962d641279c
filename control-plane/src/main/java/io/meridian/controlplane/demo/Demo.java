package io.meridian.controlplane.demo;

import io.meridian.controlplane.OperatorException;
import io.meridian.controlplane.Running;
import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.node.RunningNode;
import io.meridian.testkit.marathon.SimulatedMarathon;
import io.meridian.testkit.marathon.SimulatedMarathonSettings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The demo, running. */
public final class Demo implements Running {
    private static final List<String> SERVICES =
            List.of("web.json", "api.json", "redis.json", "worker.json");

    private final SimulatedMarathon marathon;
    private final RunningNode node;

    private Demo(SimulatedMarathon marathon, RunningNode node) {
        this.marathon = marathon;
        this.node = node;
    }

    /**
     * Where the program is installed: holds {@code conf/}; the launcher says so, else the working
     * directory.
     */
    public static Path home() {
        return Path.of(System.getProperty("meridian.home", "")).toAbsolutePath();
    }

    /** Returns once the node answers and the demo's services are deployed. */
    public static Demo start(Configuration configuration, int marathonPort) {
        SimulatedMarathon marathon = marathon(marathonPort);
        try {
            SERVICES.forEach(file -> marathon.deploy(resource(file)));
            Demo demo = new Demo(marathon, RunningNode.start(configuration));
            demo.greet();
            return demo;
        } catch (RuntimeException failed) {
            marathon.close();
            throw failed;
        }
    }

    private static SimulatedMarathon marathon(int port) {
        try {
            return SimulatedMarathon.start(SimulatedMarathonSettings.demo().withPort(port));
        } catch (UncheckedIOException refused) {
            throw new OperatorException(
                    "the simulated Marathon cannot listen on 127.0.0.1:"
                            + port
                            + ": "
                            + refused.getMessage()
                            + "; choose another with --marathon-port",
                    refused);
        }
    }

    private void greet() {
        InetSocketAddress dns = node.dnsAddresses().getFirst();
        String http = "http://127.0.0.1:" + node.httpAddress().getPort();
        String text =
                resource("greeting.txt")
                        .replace("{marathon}", "http://127.0.0.1:" + marathon.port())
                        .replace("{http}", http)
                        .replace("{dns-address}", dns.getAddress().getHostAddress())
                        .replace("{dns-port}", Integer.toString(dns.getPort()));
        System.out.println(text);
    }

    private static String resource(String name) {
        try (InputStream in = Demo.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the build left " + name + " out");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public int awaitEnd() throws InterruptedException {
        return node.awaitEnd();
    }

    @Override
    public void close() {
        node.close();
        marathon.close();
    }
}
