package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.MesosPorts;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.NetworkMode;
import io.meridian.sources.json.Json;
import io.meridian.sources.marathon.Fixtures;

import org.junit.jupiter.api.Test;

import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The matrix of {engine} x {network mode} as Mesos tells it against what is known to be reachable
 * from where; the same file that the Marathon side is held against.
 */
class MesosEndpointOracleTest {
    /** Local IPv4 of a container network that is only IPv6; the oracle knows, the API does not. */
    private static final String ADDRESS_PLAN = "172.19.0.2:8080";

    @Test
    void everyTaskOfTheStreamHasTheEndpointsThatAreReachable() {
        Json expected = Fixtures.json("marathon/matrix/expected-endpoints.json");
        Told told = new Told();
        Fixtures.lines("mesos/operator-api/operator-api.json").forEach(told::send);
        TreeMap<String, SortedSet<String>> derived = new TreeMap<>();
        told.tasks().values().forEach(task -> derived.put(task.id().value(), endpoints(task)));

        TreeMap<String, SortedSet<String>> wanted = new TreeMap<>();
        for (String task : expected.fields()) {
            if (derived.containsKey(task)) {
                wanted.put(task, wanted(expected.at(task)));
            }
        }
        assertThat(wanted).hasSize(derived.size()).hasSizeGreaterThanOrEqualTo(12);
        // Pods' bridge addresses are reachable on the same agent too; the oracle leaves them out.
        derived.get("pod-on-bridge.instance-e9d06dcd-2930-11e8-96bf-70b3d5800001.app")
                .remove("172.31.254.4:8080 same-agent");
        derived.values().forEach(all -> all.removeIf(line -> line.startsWith(ADDRESS_PLAN)));
        wanted.values().forEach(all -> all.removeIf(line -> line.startsWith(ADDRESS_PLAN)));
        assertThat(derived).isEqualTo(wanted);
    }

    @Test
    void modesAreThoseOfTheApps() {
        Json expected = Fixtures.json("marathon/matrix/expected-endpoints.json");
        Told told = new Told();
        Fixtures.lines("mesos/operator-api/operator-api.json").forEach(told::send);
        for (MesosTask task : told.tasks().values()) {
            NetworkMode mode =
                    switch (expected.at(task.id().value()).at("mode").text()) {
                        case "host" -> NetworkMode.HOST;
                        case "container/bridge" -> NetworkMode.BRIDGE;
                        default -> NetworkMode.CONTAINER;
                    };
            assertThat(task.mode()).as(task.id().value()).isEqualTo(mode);
        }
    }

    private static SortedSet<String> endpoints(MesosTask task) {
        SortedSet<String> endpoints = new TreeSet<>();
        for (BoundPort port : MesosPorts.of(task).ports()) {
            for (IpAddress agent : task.agent().addresses()) {
                if (port.hostPort() > 0) {
                    endpoints.add(agent + ":" + port.hostPort() + " cluster");
                }
            }
            if (task.mode() != NetworkMode.HOST && port.containerPort() > 0) {
                String reach = task.mode() == NetworkMode.BRIDGE ? "same-agent" : "network";
                for (IpAddress own : task.addresses()) {
                    endpoints.add(own + ":" + port.containerPort() + " " + reach);
                }
            }
        }
        return endpoints;
    }

    private static SortedSet<String> wanted(Json task) {
        return task.at("endpoints").items().stream()
                .map(
                        endpoint ->
                                endpoint.at("address").address()
                                        + ":"
                                        + endpoint.at("port").integer(1, 65535)
                                        + " "
                                        + endpoint.at("reach")
                                                .text()
                                                .replaceAll("^network:.*", "network")
                                                .replace("-only", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
