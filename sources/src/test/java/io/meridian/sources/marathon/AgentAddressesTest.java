package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.ServiceId;

import org.junit.jupiter.api.Test;

import java.util.List;

class AgentAddressesTest {
    private static final ServiceId WEB = new ServiceId("marathon", "/web");
    private static final IpAddress ONE = IpAddress.literal("10.0.0.1");
    private static final IpAddress TWO = IpAddress.literal("10.0.0.2");

    private final AgentAddresses agents = new AgentAddresses(60, 5, 900);

    @Test
    void aLiteralIsItsOwnAddressAndNeverLookedUp() {
        assertThat(ask("10.0.0.1", 0)).containsExactly(ONE);
        assertThat(ask("10.0.0.1", Long.MAX_VALUE / 2)).containsExactly(ONE);
        assertThat(agents.takeWanted()).isEmpty();
    }

    @Test
    void aNameIsLookedUpOnceAndItsServicesAreToldOf() {
        assertThat(ask("a.example.org", 0)).isEmpty();
        assertThat(ask("a.example.org", 1)).isEmpty();
        assertThat(agents.takeWanted()).containsExactly("a.example.org");
        assertThat(ask("a.example.org", 2)).isEmpty();
        assertThat(agents.takeWanted()).as("under way").isEmpty();
        assertThat(agents.resolved("a.example.org", List.of(TWO, ONE, ONE), 3).waiting())
                .containsExactly(WEB);
        assertThat(ask("a.example.org", 4)).containsExactly(ONE, TWO);
        assertThat(agents.takeWanted()).isEmpty();
    }

    @Test
    void anOutdatedAddressServesUntilThereIsANewerOne() {
        ask("a", 0);
        agents.takeWanted();
        agents.resolved("a", List.of(ONE), 0);
        assertThat(ask("a", 61)).containsExactly(ONE);
        assertThat(agents.takeWanted()).containsExactly("a");
        assertThat(agents.resolved("a", List.of(TWO), 62).changed()).isTrue();
        assertThat(ask("a", 63)).containsExactly(TWO);
    }

    @Test
    void aFailedLookupTakesNothingAwayAndIsRetriedWhileSomebodyWaits() {
        ask("a", 0);
        agents.takeWanted();
        agents.resolved("a", List.of(), 0);
        assertThat(ask("a", 1)).isEmpty();
        assertThat(agents.takeWanted()).as("not before its time").isEmpty();
        agents.retry("a");
        assertThat(agents.takeWanted()).containsExactly("a");
        agents.resolved("a", List.of(ONE), 6);
        ask("a", 100);
        agents.takeWanted();
        agents.resolved("a", List.of(), 100);
        assertThat(ask("a", 101)).containsExactly(ONE);
    }

    @Test
    void aHostModeTaskTellsItsAgentsAddress() {
        agents.learn("a.example.org", List.of(ONE), 0);
        assertThat(ask("a.example.org", 1)).containsExactly(ONE);
        assertThat(agents.takeWanted()).isEmpty();
    }

    @Test
    void anAgentWithoutHostStaysWithout() {
        assertThat(ask("", 0)).isEmpty();
        assertThat(agents.takeWanted()).isEmpty();
    }

    private List<IpAddress> ask(String host, long now) {
        return agents.addressed(WEB, new Agent("S1", host, List.of()), now).addresses();
    }
}
