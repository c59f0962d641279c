package io.meridian.simulator.marathon;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Agents, their free ports and the addresses that they assign. Only the simulation thread. */
final class AgentPool {
    /** Tests whether a port is free; always true unless tasks listen. */
    @FunctionalInterface
    interface PortProbe {
        boolean isFree(SimulatedAgent agent, int port);
    }

    private final List<SimulatedAgent> agents;
    private final int first;
    private final int last;
    private final Identities identities;
    private final PortProbe probe;
    private final Map<String, Set<Integer>> used = new HashMap<>();
    private final Map<String, Integer> load = new HashMap<>();
    private final Set<String> unreachable = new HashSet<>();
    private int addresses;

    AgentPool(SimulatedMarathonSettings settings, Identities identities, PortProbe probe) {
        this.agents = settings.agents();
        this.first = settings.firstHostPort();
        this.last = settings.lastHostPort();
        this.identities = identities;
        this.probe = probe;
        agents.forEach(agent -> used.put(agent.id(), new HashSet<>()));
    }

    /** The agent and the host ports of each container. */
    record Offer(SimulatedAgent agent, List<List<Integer>> ports) {}

    /** The least loaded reachable agent that has the ports; empty if none has. */
    Optional<Offer> offer(RunSpec spec) {
        return agents.stream()
                .filter(agent -> !unreachable.contains(agent.id()))
                .sorted(Comparator.comparingInt(agent -> load.getOrDefault(agent.id(), 0)))
                .flatMap(agent -> take(agent, spec).stream())
                .findFirst();
    }

    private Optional<Offer> take(SimulatedAgent agent, RunSpec spec) {
        Set<Integer> taken = used.get(agent.id());
        List<Integer> mine = new ArrayList<>();
        List<List<Integer>> ports = new ArrayList<>();
        for (RunSpec.ContainerSpec container : spec.containers()) {
            List<Integer> got = new ArrayList<>();
            for (int wish : container.hostPorts()) {
                int port = wish > 0 ? fixed(agent, wish) : free(agent);
                if (port < 0) {
                    taken.removeAll(mine);
                    return Optional.empty();
                }
                taken.add(port);
                mine.add(port);
                got.add(port);
            }
            ports.add(got);
        }
        load.merge(agent.id(), 1, Integer::sum);
        return Optional.of(new Offer(agent, ports));
    }

    private int fixed(SimulatedAgent agent, int port) {
        return used.get(agent.id()).contains(port) || !probe.isFree(agent, port) ? -1 : port;
    }

    /** Picks a free port, searching upwards from a random one; -1 if all are taken. */
    private int free(SimulatedAgent agent) {
        int count = last - first + 1;
        int start = identities.below(count);
        for (int step = 0; step < count; step++) {
            int port = first + (start + step) % count;
            if (!used.get(agent.id()).contains(port) && probe.isFree(agent, port)) {
                return port;
            }
        }
        return -1;
    }

    void release(Instance instance) {
        Set<Integer> taken = used.get(instance.agent.id());
        instance.tasks.forEach(task -> taken.removeAll(task.ports));
        load.merge(instance.agent.id(), -1, Integer::sum);
    }

    /** Addresses of an instance by its networks; all containers of a pod share them. */
    List<Task.Address> addresses(RunSpec spec, SimulatedAgent agent) {
        List<Task.Address> result = new ArrayList<>();
        int number = addresses++;
        boolean docker = spec.definition().path("container").path("type").asText().equals("DOCKER");
        spec.definition()
                .path("networks")
                .forEach(
                        network -> {
                            switch (network.path("mode").asText()) {
                                case "host" -> result.add(family(agent.address()));
                                case "container/bridge" ->
                                        result.add(
                                                family(
                                                        (docker ? "172.17." : "172.31.")
                                                                + number / 250 % 250
                                                                + "."
                                                                + (2 + number % 250)));
                                default ->
                                        result.addAll(
                                                overlay(
                                                        network.path("name").asText("dcos"),
                                                        agent,
                                                        number));
                            }
                        });
        return result;
    }

    private static List<Task.Address> overlay(String network, SimulatedAgent agent, int number) {
        int host = 2 + number % 250;
        int block = number / 250 % 30;
        return switch (network) {
            case "dcos" ->
                    List.of(family("9." + (195 + block) + "." + agent.index() % 256 + "." + host));
            case "dcos6" ->
                    List.of(
                            family("9." + (130 + block) + "." + agent.index() % 256 + "." + host),
                            family(
                                    "fd01:b:"
                                            + block
                                            + ":"
                                            + agent.index()
                                            + "::"
                                            + Integer.toHexString(host)));
            default ->
                    List.of(family("9." + (60 + block) + "." + agent.index() % 256 + "." + host));
        };
    }

    private static Task.Address family(String address) {
        return new Task.Address(address, address.contains(":") ? "IPv6" : "IPv4");
    }

    boolean isUnreachable(SimulatedAgent agent) {
        return unreachable.contains(agent.id());
    }

    void setReachable(SimulatedAgent agent, boolean reachable) {
        if (reachable) {
            unreachable.remove(agent.id());
        } else {
            unreachable.add(agent.id());
        }
    }

    /** Finds an agent by id, host name or address. */
    SimulatedAgent find(String name) {
        return agents.stream()
                .filter(
                        agent ->
                                agent.id().equals(name)
                                        || agent.host().equals(name)
                                        || agent.address().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no agent is called " + name + ": " + agents));
    }
}
