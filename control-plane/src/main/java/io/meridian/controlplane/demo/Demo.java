package io.meridian.controlplane.demo;

import io.meridian.controlplane.Program;
import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.node.RunningNode;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.mesos.SimulatedMesos;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The running demo: a node, a simulated Marathon and a simulated Mesos. */
public final class Demo implements Program {
    private static final Duration LOOK = Duration.ofMillis(100);

    /** Names of greeting.txt: of an app, of a task of another framework, and of an agent. */
    private static final List<String> SERVED =
            List.of("web-shop.marathon.mesos", "kafka-0-broker.kafka.mesos", "slave.mesos");

    private final SimulatedMarathon marathon;
    private final SimulatedMesos mesos;
    private final RunningNode node;
    private final Thread greeting =
            Thread.ofVirtual().name("greeting").unstarted(this::greetWhenServed);

    private Demo(SimulatedMarathon marathon, SimulatedMesos mesos, RunningNode node) {
        this.marathon = marathon;
        this.mesos = mesos;
        this.node = node;
    }

    /**
     * The program's root directory, with {@code conf/}: system property {@code meridian.home},
     * which the launcher sets, else the working directory.
     */
    public static Path home() {
        return Path.of(System.getProperty("meridian.home", "")).toAbsolutePath();
    }

    /**
     * Returns once the node runs and the demo's services are deployed. The list of commands to try
     * follows on standard output when they have answers.
     */
    public static Demo start(Configuration configuration, int marathonPort, int mesosPort) {
        SimulatedMesos mesos = DemoMesos.start(mesosPort);
        try {
            SimulatedMarathon marathon =
                    DemoMarathon.start(marathonPort, started -> DemoMesos.join(started, mesos));
            try {
                Demo demo = new Demo(marathon, mesos, RunningNode.start(configuration));
                demo.greeting.start();
                return demo;
            } catch (RuntimeException failed) {
                marathon.close();
                throw failed;
            }
        } catch (RuntimeException failed) {
            mesos.close();
            throw failed;
        }
    }

    private void greetWhenServed() {
        try {
            while (!SERVED.stream().allMatch(this::isServed)) {
                Thread.sleep(LOOK);
            }
            greet();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isServed(String name) {
        return !node.zones().image().records("mesos", name).isEmpty()
                && node.vips().shown().isPresent();
    }

    private void greet() {
        InetSocketAddress dns = node.dnsAddresses().getFirst();
        String http = "http://127.0.0.1:" + node.httpAddress().getPort();
        String text =
                DemoMarathon.resource("greeting.txt")
                        .replace("{marathon}", "http://127.0.0.1:" + marathon.port())
                        .replace("{mesos}", mesos.url().toString())
                        .replace("{http}", http)
                        .replace("{dns-address}", dns.getAddress().getHostAddress())
                        .replace("{dns-port}", Integer.toString(dns.getPort()));
        System.out.println(text);
    }

    @Override
    public int awaitEnd() throws InterruptedException {
        return node.awaitEnd();
    }

    @Override
    public void close() {
        greeting.interrupt();
        node.close();
        marathon.close();
        mesos.close();
    }
}
