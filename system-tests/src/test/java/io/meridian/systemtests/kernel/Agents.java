package io.meridian.systemtests.kernel;

import com.sun.net.httpserver.HttpServer;

import io.meridian.ipvs.uml.NetNamespace;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The recorded cluster's agents in a network namespace behind a veth pair; each task's port answers
 * with its {@code address:port}.
 */
final class Agents implements AutoCloseable {
    private static final String NAME = "agents";
    private static final int REQUESTS = 12;

    private final List<HttpServer> servers = new ArrayList<>();

    /**
     * Creates the veth pair and starts to serve.
     *
     * @param endpoints each {@code address:port} in 10.0.0.0/24, not .1
     */
    static Agents serving(Collection<String> endpoints) throws Exception {
        Shell.runAll(
                """
                ip netns add agents
                ip link add to-agents type veth peer name eth0 netns agents
                ip addr add 10.0.0.1/24 dev to-agents
                ip link set to-agents up
                ip -n agents link set lo up
                ip -n agents link set eth0 up
                """);
        Agents agents = new Agents();
        SortedSet<String> addresses = new TreeSet<>();
        for (String endpoint : endpoints) {
            String address = endpoint.substring(0, endpoint.indexOf(':'));
            if (addresses.add(address)) {
                var _ = Shell.run("ip -n agents addr add " + address + "/24 dev eth0");
            }
            agents.serve(address, Integer.parseInt(endpoint.substring(address.length() + 1)));
        }
        return agents;
    }

    private void serve(String address, int port) throws Exception {
        HttpServer server =
                NetNamespace.in(
                        NAME, () -> HttpServer.create(new InetSocketAddress(address, port), 50));
        byte[] body = (address + ":" + port + "\n").getBytes(StandardCharsets.UTF_8);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getResponseHeaders().add("Connection", "close");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        servers.add(server);
    }

    /**
     * Returns the agents that answer at a VIP; opens enough connections for each backend to get
     * one.
     */
    static SortedSet<String> behind(String vip) throws Exception {
        String answers =
                Shell.run(
                        "curl -sS --fail-early --max-time 10"
                                + (" http://" + vip + "/").repeat(REQUESTS));
        return new TreeSet<>(Arrays.asList(answers.strip().split("\n")));
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }
}
