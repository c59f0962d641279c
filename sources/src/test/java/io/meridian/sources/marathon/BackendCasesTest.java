package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.vip.BackendRules;
import io.meridian.domain.vip.LiteralRules;
import io.meridian.domain.vip.VipRules;
import io.meridian.sources.http.LookupSettings;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Listings of Marathon with running tasks that are no backend, or should be none. */
class BackendCasesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SortedSet<String> backends = new TreeSet<>();
    private final SortedSet<String> reasons = new TreeSet<>();

    @Test
    void aTaskAtALoopbackAddressIsNoBackendAndTheReasonIsSaid() {
        read("backend-at-loopback", new BackendRules(false));

        assertThat(backends).containsExactly("web.marathon:80/tcp 10.0.4.1:31501/tcp");
        assertThat(reasons)
                .singleElement()
                .asString()
                .contains("web.marathon:80/tcp", "loopback address 127.0.1.1");
    }

    @Test
    void aTaskAtALoopbackAddressIsABackendWhereTheNodesAreThereToo() {
        read("backend-at-loopback", new BackendRules(true));

        assertThat(backends)
                .containsExactly(
                        "web.marathon:80/tcp 10.0.4.1:31501/tcp",
                        "web.marathon:80/tcp 127.0.1.1:31500/tcp");
        assertThat(reasons).isEmpty();
    }

    @Test
    void aVipWithoutABackendHasAReason() {
        read("vip-without-a-backend", new BackendRules(false));

        assertThat(backends).containsExactly("a.marathon:1/tcp 10.0.4.1:31100/tcp");
        assertThat(reasons).hasSize(3);
        assertThat(reasons)
                .anyMatch(one -> one.contains("b.marathon:1") && one.contains("fewer ports"));
        assertThat(reasons)
                .anyMatch(one -> one.contains("na.marathon:80") && one.contains("no address"));
        assertThat(reasons).anyMatch(one -> one.contains("fd01:c::5:80") && one.contains("family"));
    }

    @Test
    void aPortInOneOfTwoNetworksIsSaidToHaveBackendsThatRefuse() {
        Reading reading = listing("two-networks").getFirst();

        assertThat(reading.definition().refusals())
                .singleElement()
                .asString()
                .contains("port metrics is in 1 of 2 networks");
    }

    private void read(String name, BackendRules rules) {
        VipRules vips = new VipRules(LiteralRules.anyAddress(), rules);
        AgentAddresses agents =
                new AgentAddresses(new LookupSettings(SECOND, SECOND, SECOND), SECOND);
        for (Reading reading : listing(name)) {
            ServiceId id = new ServiceId("marathon", reading.path());
            Service empty = Service.empty(id);
            Observation listed =
                    new Observation.Listed(
                            id,
                            reading.definition(),
                            agents.addressed(id, reading, Instant.EPOCH),
                            true,
                            false);
            for (Instance one : empty.apply(empty.decide(listed)).live().values()) {
                vips.rows(id, one).forEach(row -> backends.add(row.vip() + " " + row.endpoint()));
                reasons.addAll(vips.withoutBackend(id, one));
            }
        }
    }

    private static List<Reading> listing(String name) {
        InputStream apps =
                BackendCasesTest.class.getResourceAsStream("/cases/" + name + "/apps.json");
        return ListingReader.apps(apps).readings();
    }
}
