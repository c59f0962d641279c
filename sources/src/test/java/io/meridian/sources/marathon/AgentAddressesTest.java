package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.ServiceId;
import io.meridian.sources.http.LookupSettings;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

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
    void aHostModeTaskHasItsAgentsAddress() {
        agents.learn("a.example.org", List.of(ONE), at(0));
        assertThat(ask("a.example.org", 1)).containsExactly(ONE);
        assertThat(agents.takeWanted(at(0))).isEmpty();
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
