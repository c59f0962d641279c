package io.meridian.bench.mesos;

import io.meridian.simulator.mesos.MesosAgent;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.TaskDraft;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Measures one node, a process with its own database, against a simulated master with many tasks in
 * this process: time to the first complete image, time from one task's start to DNS, and memory.
 */
public final class MesosBench {
    private static final int AGENTS = 200;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private final SimulatedMesos mesos = SimulatedMesos.start(SimulatedMesosSettings.defaults());
    private final MesosFramework framework = mesos.add(MesosFramework.of(1, "load", "10.1.255.1"));
    private final List<MesosAgent> agents = new ArrayList<>();
    private final int services;
    private int launched;

    private MesosBench(int services) {
        this.services = services;
        for (int i = 0; i < AGENTS; i++) {
            agents.add(mesos.register(MesosAgent.of(i, "10.1." + i / 250 + "." + (1 + i % 250))));
        }
    }

    /**
     * @param args {@code DIRECTORY TASKS SERVICES CHANGES LAUNCHER}: the node's command
     */
    public static void main(String[] args) throws Exception {
        MesosBench bench = new MesosBench(Integer.parseInt(args[2]));
        int tasks = Integer.parseInt(args[1]);
        for (int i = 0; i < tasks; i++) {
            bench.launch("service-" + i % bench.services);
        }
        try {
            bench.run(Path.of(args[0]), tasks, Integer.parseInt(args[3]), args[4]);
        } finally {
            bench.mesos.close();
        }
    }

    /** Every tenth service has a VIP. */
    private void launch(String service) {
        int number = launched++;
        int port = 31_000 + number / AGENTS % 1000;
        boolean vip = service.endsWith("0");
        mesos.runs(
                framework,
                agents.get(number % AGENTS),
                TaskDraft.of(service + ".instance-" + number, service)
                        .hostPorts(port)
                        .discovery(service)
                        .port(
                                port,
                                "http",
                                "tcp",
                                vip ? Map.of("VIP_0", service + ":80") : Map.of()));
    }

    private void run(Path directory, int tasks, int changes, String launcher) throws Exception {
        int httpPort = freePort();
        int dnsPort = freePort();
        Process node = start(directory, httpPort, dnsPort, launcher);
        try {
            long started = System.nanoTime();
            await(node, () -> mesos.subscribers() > 0);
            long attached = System.nanoTime();
            await(node, () -> isReady(httpPort)); // each request costs the node some time
            long ready = System.nanoTime();
            System.out.printf(
                    "tasks=%d services=%d start-to-attached-s=%.1f attached-to-complete-s=%.1f%n",
                    tasks, services, seconds(started, attached), seconds(attached, ready));
            try (AddressQuery dns = new AddressQuery(dnsPort)) {
                System.out.println("missing=" + missing(dns, tasks) + " of " + services);
                System.out.println("memory after the first image: " + memory(node));
                System.out.println(changes(dns, changes));
            }
            System.out.println("memory at the end: " + memory(node));
        } finally {
            node.destroy();
            node.waitFor();
        }
    }

    private static Process start(
            Path directory, int httpPort, int dnsPort, String launcher, URI master)
            throws IOException {
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
                          sources.mesos { urls = ["%s"], failover.quiet-period = 500 ms }
                        }
                        """
                                .formatted(dnsPort, httpPort, directory.resolve("state"), master));
        return new ProcessBuilder(launcher, "run", "--config", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("node.log").toFile())
                .start();
    }

    private Process start(Path directory, int httpPort, int dnsPort, String launcher)
            throws IOException {
        return start(directory, httpPort, dnsPort, launcher, mesos.url());
    }

    /**
     * Number of services whose count of addresses differs from the count of their tasks' Mesos
     * agents.
     */
    private int missing(AddressQuery dns, int tasks) throws IOException {
        int missing = 0;
        for (int service = 0; service < services; service++) {
            boolean some = tasks > service;
            boolean answered = dns.addresses("service-" + service + ".load.mesos") > 0;
            missing += some && !answered ? 1 : 0;
        }
        return missing;
    }

    /** Measures the time from a task's start to the first DNS answer that has it. */
    private String changes(AddressQuery dns, int changes) throws Exception {
        double[] millis = new double[changes];
        for (int i = 0; i < changes; i++) {
            String service = "fresh-" + i;
            long began = System.nanoTime();
            launch(service);
            while (dns.addresses(service + ".load.mesos") == 0) {
                Thread.sleep(1);
            }
            millis[i] = (System.nanoTime() - began) / 1e6;
            Thread.sleep(50);
        }
        Arrays.sort(millis);
        return "changes=%d p50-ms=%.1f p90-ms=%.1f p99-ms=%.1f max-ms=%.1f"
                .formatted(
                        changes, at(millis, 0.5), at(millis, 0.9), at(millis, 0.99), at(millis, 1));
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    /** Resident memory of the node, now and peak, and of its database's processes in total. */
    private static String memory(Process node) throws IOException {
        long database = 0;
        for (ProcessHandle child : node.descendants().toList()) {
            database += kilobytes(child.pid(), "RssAnon");
        }
        return "node-MB=%d node-most-MB=%d database-own-MB=%d"
                .formatted(
                        kilobytes(node.pid(), "VmRSS") / 1024,
                        kilobytes(node.pid(), "VmHWM") / 1024,
                        database / 1024);
    }

    private static long kilobytes(long pid, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    private boolean isReady(int port) throws InterruptedException {
        try {
            return http.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://127.0.0.1:"
                                                                    + port
                                                                    + "/health/ready"))
                                            .timeout(Duration.ofSeconds(5))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void await(Process node, java.util.concurrent.Callable<Boolean> condition)
            throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (!node.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("the node does not get there; see its log");
            }
            Thread.sleep(100);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
