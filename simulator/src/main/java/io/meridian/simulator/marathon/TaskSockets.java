package io.meridian.simulator.marathon;

import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.http.WireServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes tasks listen on their host ports at their agent's address and answer every request with
 * their id, if the settings enable it; otherwise does nothing. Only the simulation thread.
 */
final class TaskSockets implements AutoCloseable {
    private final boolean enabled;
    private final Map<String, List<WireServer>> servers = new HashMap<>();

    TaskSockets(boolean enabled) {
        this.enabled = enabled;
    }

    /**
     * @throws java.io.UncheckedIOException if a port is in use
     */
    void open(SimulatedAgent agent, Task task) {
        if (!enabled || servers.containsKey(task.id)) {
            return;
        }
        List<WireServer> opened = new ArrayList<>();
        servers.put(task.id, opened);
        for (int port : task.ports) {
            opened.add(
                    WireServer.start(
                            address(agent),
                            port,
                            (request, exchange) -> exchange.respond(answer(task))));
        }
    }

    void close(Task task) {
        servers.getOrDefault(task.id, List.of()).forEach(WireServer::close);
        servers.remove(task.id);
    }

    /** Whether the port can be bound now; always true if tasks do not listen. */
    boolean isFree(SimulatedAgent agent, int port) {
        if (!enabled) {
            return true;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address(agent), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    @Override
    public void close() {
        servers.values().forEach(list -> list.forEach(WireServer::close));
        servers.clear();
    }

    private static WireResponse answer(Task task) {
        return WireResponse.of(200, "text/plain", task.id + "\n");
    }

    private static InetAddress address(SimulatedAgent agent) {
        try {
            return InetAddress.getByName(agent.address());
        } catch (UnknownHostException fault) {
            throw new IllegalStateException(
                    "agent address is not an address: " + agent.address(), fault);
        }
    }
}
