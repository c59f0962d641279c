package io.meridian.simulator.mesos;

import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.http.WireServer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tasks that listen on their host ports and answer every request with their id. Any thread. */
final class TaskListeners implements AutoCloseable {
    private final Map<String, List<WireServer>> servers = new HashMap<>();

    /**
     * @throws java.io.UncheckedIOException if a port is in use
     */
    synchronized void open(MesosTask task) {
        if (servers.containsKey(task.id())) {
            return;
        }
        WireResponse answer = WireResponse.of(200, "text/plain", task.id() + "\n");
        List<WireServer> opened = new ArrayList<>();
        servers.put(task.id(), opened);
        for (int port : task.draft.hostPorts()) {
            opened.add(
                    WireServer.start(
                            address(task.agent),
                            port,
                            (request, exchange) -> exchange.respond(answer)));
        }
    }

    synchronized void close(String taskId) {
        servers.getOrDefault(taskId, List.of()).forEach(WireServer::close);
        servers.remove(taskId);
    }

    @Override
    public synchronized void close() {
        servers.values().forEach(list -> list.forEach(WireServer::close));
        servers.clear();
    }

    private static InetAddress address(MesosAgent agent) {
        return address(agent.address());
    }

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException fault) {
            throw new IllegalArgumentException("not an address: " + text, fault);
        }
    }
}
