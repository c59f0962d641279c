package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskSighting;
import io.meridian.domain.vip.VipRules;
import io.meridian.sources.http.LookupSettings;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

class AgentAddressesTest {
    private static final ServiceId WEB = new ServiceId("marathon", "/web");
    private static final IpAddress ONE = IpAddress.literal("10.0.0.1");
    private static final IpAddress TWO = IpAddress.literal("10.0.0.2");

    private final AgentAddresses agents =
            new AgentAddresses(
                    new LookupSettings(
                            Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofSeconds(1)),
                    Duration.ofSeconds(300));

    @Test
    void aLiteralIsItsOwnAddressAndNeverLookedUp() {
        assertThat(ask("10.0.0.1", 0)).containsExactly(ONE);
        assertThat(ask("10.0.0.1", 1_000_000_000)).containsExactly(ONE);
        assertThat(agents.takeWanted(at(0))).isEmpty();
    }

    @Test
    void aNameIsLookedUpOnceAndItsServicesAreReported() {
        assertThat(ask("a.example.org", 0)).isEmpty();
        assertThat(ask("a.example.org", 1)).isEmpty();
        assertThat(agents.takeWanted(at(0))).containsExactly("a.example.org");
        assertThat(ask("a.example.org", 2)).isEmpty();
        assertThat(agents.takeWanted(at(0))).as("under way").isEmpty();
        assertThat(agents.resolved("a.example.org", List.of(TWO, ONE, ONE), at(3)).waiting())
                .containsExactly(WEB);
        assertThat(ask("a.example.org", 4)).containsExactly(ONE, TWO);
        assertThat(agents.takeWanted(at(0))).isEmpty();
    }

    @Test
    void anExpiredAddressIsUsedUntilANewerOneIsKnown() {
        ask("a", 0);
        agents.takeWanted(at(0));
        agents.resolved("a", List.of(ONE), at(0));
        assertThat(ask("a", 61)).containsExactly(ONE);
        assertThat(agents.takeWanted(at(0))).containsExactly("a");
        assertThat(agents.resolved("a", List.of(TWO), at(62)).changed()).isTrue();
        assertThat(ask("a", 63)).containsExactly(TWO);
    }

    @Test
    void aFailedLookupKeepsAddressesAndIsRetriedWhileServicesWait() {
        ask("a", 0);
        agents.takeWanted(at(0));
        agents.resolved("a", List.of(), at(0));
        assertThat(ask("a", 1)).isEmpty();
        assertThat(agents.takeWanted(at(0))).as("not before its time").isEmpty();
        assertThat(agents.nextRetry()).hasValue(at(5));
        assertThat(agents.takeWanted(at(5))).containsExactly("a");
        assertThat(agents.nextRetry()).isEmpty();
        agents.resolved("a", List.of(ONE), at(6));
        ask("a", 100);
        agents.takeWanted(at(0));
        agents.resolved("a", List.of(), at(100));
        assertThat(ask("a", 101)).containsExactly(ONE);
    }

    @Test
    void aServiceThatWaitsForAnAgentIsReadAgainOnceATaskInHostModeHasItsAddress() {
        assertThat(ask("agent1.example.org", 0)).isEmpty();
        assertThat(agents.learn(byName(), at(1))).containsExactly(WEB);
        assertThat(ask("agent1.example.org", 2)).containsExactly(IpAddress.literal("10.0.4.1"));
        assertThat(agents.takeWanted(at(3))).isEmpty();
        assertThat(agents.learn(byName(), at(4))).isEmpty();
    }

    /** An app in bridge mode once had no backend if an app in host mode came after it. */
    @Test
    void aListingOfAgentsKnownByNameHasAllItsBackendsAtOnce() {
        SortedSet<String> backends = new TreeSet<>();
        agents.learn(byName(), at(0));
        for (Reading reading : byName()) {
            ServiceId id = new ServiceId("marathon", reading.path());
            Service empty = Service.empty(id);
            Observation listed =
                    new Observation.Listed(
                            id,
                            reading.definition(),
                            agents.addressed(id, reading, at(0)),
                            true,
                            false);
            empty.apply(empty.decide(listed)).live().values().stream()
                    .flatMap(instance -> VipRules.ANY_LITERAL.rows(id, instance).stream())
                    .forEach(row -> backends.add(row.vip().name() + " " + row.endpoint()));
        }
        assertThat(backends)
                .containsExactly(
                        "first.marathon 10.0.4.1:31500/tcp", "second.marathon 10.0.4.1:31501/tcp");
    }

    /** Law: the order of a listing decides nothing. */
    @Property
    void everyOrderOfAListingGivesTheSameTasks(@ForAll Random random) {
        List<Reading> listing = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            listing.add(onAgent("/s" + i, random));
        }
        List<Reading> shuffled = new ArrayList<>(listing);
        Collections.shuffle(shuffled, random);
        assertThat(listed(shuffled)).isEqualTo(listed(listing));
    }

    private static SortedMap<String, List<TaskSighting>> listed(List<Reading> listing) {
        AgentAddresses fresh = new AgentAddressesTest().agents;
        fresh.learn(listing, at(0));
        SortedMap<String, List<TaskSighting>> tasks = new TreeMap<>();
        listing.forEach(
                one ->
                        tasks.put(
                                one.path(),
                                fresh.addressed(
                                        new ServiceId("marathon", one.path()), one, at(0))));
        return tasks;
    }

    private static Reading onAgent(String path, Random random) {
        Reading one = byName().get(random.nextInt(2));
        List<TaskSighting> tasks =
                one.tasks().stream()
                        .map(
                                task ->
                                        new TaskSighting(
                                                task.task(),
                                                task.instance(),
                                                task.container(),
                                                task.version(),
                                                task.phase(),
                                                false,
                                                new Agent("", "a" + random.nextInt(3), List.of()),
                                                List.of(
                                                        IpAddress.literal(
                                                                "10.0.4." + random.nextInt(1, 4))),
                                                task.hostPorts(),
                                                task.health()))
                        .toList();
        return new Reading(path, one.kind(), one.definition(), tasks, one.gaps(), List.of(), 0);
    }

    private static List<Reading> byName() {
        return ListingReader.apps(
                        AgentAddressesTest.class.getResourceAsStream(
                                "/cases/agent-named-by-name/apps.json"))
                .readings();
    }

    @Test
    void anAgentWithoutHostHasNoAddress() {
        assertThat(ask("", 0)).isEmpty();
        assertThat(agents.takeWanted(at(0))).isEmpty();
    }

    private List<IpAddress> ask(String host, long now) {
        return agents.addressed(WEB, new Agent("S1", host, List.of()), at(now)).addresses();
    }

    private static Instant at(long seconds) {
        return Instant.EPOCH.plusSeconds(seconds);
    }
}
