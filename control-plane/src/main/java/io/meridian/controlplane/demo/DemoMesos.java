package io.meridian.controlplane.demo;

import io.meridian.controlplane.OperatorException;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.mesos.MarathonInMesos;
import io.meridian.simulator.mesos.MesosAgent;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.TaskDraft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;

/**
 * A simulated Mesos with the tasks of the simulated Marathon, and a framework "kafka" with three
 * brokers behind a VIP.
 */
public final class DemoMesos {
    private static final int MESOS_PORT = 5050;
    private static final int BROKER_PORT = 9092;

    private DemoMesos() {}

    /** The wanted port; for 0 it is 5050 if that is free, else any free port. */
    public static int port(int wanted) {
        return wanted == 0 ? free("127.0.0.1", MESOS_PORT) : wanted;
    }

    /**
     * @throws OperatorException if the port cannot be bound
     */
    static SimulatedMesos start(int port) {
        try {
            return SimulatedMesos.start(
                    SimulatedMesosSettings.defaults().withPort(port).withTasksAnswerHttp(true));
        } catch (UncheckedIOException refused) {
            throw new OperatorException(
                    "the simulated Mesos cannot listen on 127.0.0.1:"
                            + port
                            + ": "
                            + refused.getMessage()
                            + "; choose another with --mesos-port",
                    refused);
        }
    }

    /** Adds a Marathon's tasks, which listen already, and starts the brokers on its agents. */
    static void join(SimulatedMarathon marathon, SimulatedMesos mesos) {
        List<MesosAgent> agents = MarathonInMesos.join(marathon, mesos).agents();
        MesosFramework kafka = mesos.add(MesosFramework.of(1, "kafka", "127.0.0.1"));
        for (int i = 0; i < agents.size(); i++) {
            MesosAgent agent = agents.get(i);
            String name = "kafka-" + i + "-broker";
            int port = free(agent.address(), BROKER_PORT);
            mesos.runs(
                    kafka,
                    agent,
                    TaskDraft.of(name + "__7d1f2c0a-5f0e-4c3b-9d55-0d5e8a3b6e" + (10 + i), name)
                            .hostPorts(port)
                            .discovery(name)
                            .port(port, "broker", "tcp", Map.of("VIP_0", "broker:" + BROKER_PORT)));
        }
    }

    private static int free(String address, int wish) {
        try {
            return bound(address, wish);
        } catch (IOException taken) {
            try {
                return bound(address, 0);
            } catch (IOException none) {
                throw new UncheckedIOException("no port is free on " + address, none);
            }
        }
    }

    private static int bound(String address, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return probe.getLocalPort();
        }
    }
}
