package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.http.LookupSettings;
import io.meridian.sources.json.Json;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The matrix of {engine} x {network mode} as Marathon reports it, against the endpoints that are
 * known to be reachable.
 *
 * <p>A container network that is only IPv6 also has an IPv4 address that is local to the agent
 * ({@code same-agent-only}): Marathon does not report the networks of addresses, so Meridian cannot
 * recognise that address, and the comparison leaves it out.
 */
class EndpointOracleTest {
    @Test
    void runningTasksHaveTheirReachableEndpoints() {
        Json expected = ExpectedEndpoints.all();
        TreeMap<String, SortedSet<String>> derived = new TreeMap<>();
        List<Reading> readings =
                new ArrayList<>(
                        ListingReader.apps(Fixtures.stream("marathon/matrix/apps-embed-tasks.json"))
                                .readings());
        readings.addAll(
                ListingReader.pods(Fixtures.stream("marathon/matrix/pods-status.json")).readings());
        readings.forEach(
                reading ->
                        live(reading)
                                .forEach(
                                        (task, instance) ->
                                                derived.put(task.value(), endpoints(instance))));

        TreeMap<String, SortedSet<String>> wanted = new TreeMap<>();
        for (String task : expected.fields()) {
            if (!expected.at(task).at("traffic").textOr("yes").startsWith("no (")) {
                wanted.put(task, ExpectedEndpoints.wanted(expected.at(task)));
            }
        }
        // Pods' bridge addresses are reachable on the same agent too; the oracle leaves them out.
        derived.get("pod-on-bridge.instance-e9d06dcd-2930-11e8-96bf-70b3d5800001.app")
                .remove("http 172.31.254.4:8080/tcp same-agent container");
        // Local IPv4 of the network that is only IPv6, see above.
        derived.get("docker-on-ipv6.602453f2-28e7-11e8-8cba-70b3d5800001")
                .remove("http 172.19.0.2:8080/tcp network container");
        wanted.get("docker-on-ipv6.602453f2-28e7-11e8-8cba-70b3d5800001")
                .remove("http 172.19.0.2:8080/tcp same-agent container");

        derived.keySet()
                .retainAll(wanted.keySet()); // unreachable and ended ones are compared below
        assertThat(derived).isEqualTo(wanted);
        assertThat(wanted).hasSize(14);
    }

    @Test
    void anUnreachableTaskIsKeptWithoutAddressesAndAnEndedTaskIsDropped() {
        Reading mixed =
                ListingReader.apps(Fixtures.stream("marathon/matrix/apps-embed-tasks.json"))
                        .readings()
                        .stream()
                        .filter(reading -> reading.path().equals("/mixed/multi-port"))
                        .findFirst()
                        .orElseThrow();
        assertThat(mixed.tasks()).hasSize(4);
        TaskSighting lost = mixed.tasks().get(2);
        assertThat(lost.unreachable()).isTrue();
        assertThat(lost.addresses()).isEmpty();
        assertThat(lost.hostPorts()).isNotEmpty();
        assertThat(live(mixed)).doesNotContainKey(mixed.tasks().get(3).task());
    }

    private static java.util.SortedMap<TaskId, Instance> live(Reading reading) {
        AgentAddresses agents =
                new AgentAddresses(
                        new LookupSettings(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1)),
                        Duration.ofSeconds(1));
        ServiceId id = new ServiceId("marathon", reading.path());
        List<TaskSighting> tasks =
                reading.tasks().stream()
                        .map(task -> agents.addressed(id, task, Instant.EPOCH))
                        .toList();
        Service empty = Service.empty(id);
        return empty.apply(
                        empty.decide(
                                new Observation.Listed(
                                        id, reading.definition(), tasks, true, false)))
                .live();
    }

    private static SortedSet<String> endpoints(Instance instance) {
        return ExpectedEndpoints.of(
                instance.ports(),
                instance.mode(),
                instance.agent().addresses(),
                instance.addresses());
    }
}
