package io.meridian.bench.mesos;

import io.meridian.bench.AddressQuery;
import io.meridian.bench.NodeProcess;
import io.meridian.bench.Quantiles;
import io.meridian.simulator.mesos.MesosAgent;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.TaskDraft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures one node against a simulated Mesos master with many tasks: times to the first complete
 * image and from a task's start to DNS, and memory.
 */
public final class MesosBench {
    private static final int AGENTS = 200;

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
        String source =
                "mesos { urls = [\"%s\"], failover.quiet-period = 500 ms }".formatted(mesos.url());
        try (NodeProcess node = NodeProcess.start(directory, launcher, source)) {
            long attached = node.await("subscribed", () -> mesos.subscribers() > 0);
            long ready =
                    node.await("ready", node::isReady); // each request costs the node some time
            System.out.printf(
                    "tasks=%d services=%d start-to-attached-s=%.1f attached-to-complete-s=%.1f%n",
                    tasks, services, seconds(node.started(), attached), seconds(attached, ready));
            try (AddressQuery dns = new AddressQuery(node.dnsPort())) {
                System.out.println("missing=" + missing(dns, tasks) + " of " + services);
                System.out.println("memory after the first image: " + node.memory());
                System.out.println(changes(dns, changes));
            }
            System.out.println("memory at the end: " + node.memory());
        }
    }

    /** Returns the number of services that have a task, but no address in DNS. */
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
        Quantiles times = new Quantiles(millis);
        return "changes=%d p50-ms=%.1f p90-ms=%.1f p99-ms=%.1f max-ms=%.1f"
                .formatted(changes, times.at(0.5), times.at(0.9), times.at(0.99), times.at(1));
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }
}
