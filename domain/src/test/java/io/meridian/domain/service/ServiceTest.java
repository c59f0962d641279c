package io.meridian.domain.service;

import static io.meridian.domain.service.Claims.V1;
import static io.meridian.domain.service.Claims.V2;
import static io.meridian.domain.service.Claims.WEB;
import static io.meridian.domain.service.Claims.after;
import static io.meridian.domain.service.Claims.defined;
import static io.meridian.domain.service.Claims.definition;
import static io.meridian.domain.service.Claims.listed;
import static io.meridian.domain.service.Claims.seen;
import static io.meridian.domain.service.Claims.sighting;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.TreeSet;

class ServiceTest {
    private static final TaskId ONE = new TaskId("one");

    @Test
    void aRunningTaskOfAKnownVersionStartsWithItsPortsBound() {
        Service state = after(defined(definition(V1, V1)), seen("one", TaskPhase.RUNNING));

        assertThat(state.live().get(ONE).ports())
                .extracting(BoundPort::name, BoundPort::containerPort, BoundPort::hostPort)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("http", 80, 31000),
                        org.assertj.core.groups.Tuple.tuple("inner", 9090, 0),
                        org.assertj.core.groups.Tuple.tuple("dns", 31001, 31001));
    }

    @Test
    void anEventCopiesOnlyWhatItChanges() {
        Service state =
                after(
                        defined(definition(V1, V1)),
                        seen("one", TaskPhase.RUNNING),
                        seen("two", TaskPhase.GONE));
        Service revised = after(state, defined(definition(V2, V2)));
        Service ended = after(state, seen("one", TaskPhase.GONE));

        assertThat(revised.live()).isSameAs(state.live());
        assertThat(revised.ended()).isSameAs(state.ended());
        assertThat(revised.supplements()).isSameAs(state.supplements());
        assertThat(ended.supplements()).isSameAs(state.supplements());
        assertThat(state.live()).containsOnlyKeys(ONE);
    }

    @Test
    void aTaskOfAnUnknownVersionWaitsAndReportsTheVersion() {
        Observation claim = seen("one", TaskPhase.RUNNING);
        Service state = after(defined(definition(V2, V2)));

        assertThat(state.decide(claim)).isEmpty();
        assertThat(state.report(claim).uncovered()).containsExactly(V1);
        assertThat(after(state, defined(definition(V1, V1))).decide(claim)).hasSize(1);
    }

    @Test
    void scalingKeepsThePortLayoutSoOlderTasksAreCovered() {
        Service state = after(defined(definition(V2, V1)));

        assertThat(state.report(seen("one", TaskPhase.RUNNING)).uncovered()).isEmpty();
    }

    @Test
    void withoutTheRightVersionAFallbackListingUsesTheNewest() {
        Observation.Listed strict = listed(definition(V2, V2), sighting("one", TaskPhase.RUNNING));
        Observation.Listed fallback =
                new Observation.Listed(WEB, strict.definition(), strict.tasks(), true, true);

        assertThat(after(strict).live()).isEmpty();
        assertThat(after(fallback).live()).containsKey(ONE);
    }

    @Test
    void aRepeatedClaimDecidesNothing() {
        Observation.Listed claim = listed(definition(V1, V1), sighting("one", TaskPhase.RUNNING));

        assertThat(after(claim).decide(claim)).isEmpty();
    }

    @Test
    void anApiEventDoesNotNarrowTheVersionsOfAListing() {
        Service state = after(defined(definition(V2, V1)));

        assertThat(state.decide(defined(definition(V2, V2)))).isEmpty();
    }

    @Test
    void aListingWidensTheVersionsOfAnApiEvent() {
        Service state = after(defined(definition(V2, V2)));

        assertThat(state.decide(defined(definition(V2, V1)))).hasSize(1);
    }

    @Test
    void anEndedTaskStaysEnded() {
        Service state =
                after(
                        defined(definition(V1, V1)),
                        seen("one", TaskPhase.GONE),
                        seen("one", TaskPhase.RUNNING));

        assertThat(state.live()).isEmpty();
    }

    @Test
    void anUnreachableTaskKeepsItsAddressesAndMayReturn() {
        Service running = after(defined(definition(V1, V1)), seen("one", TaskPhase.RUNNING));
        Service lost =
                after(
                        running,
                        new Observation.TaskSeen(
                                WEB,
                                sighting("one", TaskPhase.RUNNING, V1, true, Health.UNKNOWN),
                                "TASK_UNREACHABLE"));

        assertThat(lost.live().get(ONE).unreachable()).isTrue();
        assertThat(lost.live().get(ONE).addresses())
                .containsExactly(IpAddress.literal("172.17.0.2"));
        assertThat(after(lost, seen("one", TaskPhase.RUNNING))).isEqualTo(running);
    }

    @Test
    void aSightingWithoutVerdictKeepsTheLastOne() {
        ServiceDefinition checked = definition(V1, V1, "");
        Service healthy =
                after(
                        defined(checked),
                        seen("one", TaskPhase.RUNNING),
                        new Observation.HealthSeen(WEB, "instance-of-one", Health.HEALTHY));

        assertThat(healthy.live().get(ONE).takesTraffic()).isTrue();
        assertThat(after(healthy, listed(checked, sighting("one", TaskPhase.RUNNING))))
                .isEqualTo(healthy);
    }

    @Test
    void aCheckedTaskTakesNoTrafficBeforeItsFirstVerdict() {
        Service state = after(defined(definition(V1, V1, "")), seen("one", TaskPhase.RUNNING));

        assertThat(state.live().get(ONE).takesTraffic()).isFalse();
    }

    @Test
    void anOutdatedListingChangesNeitherHealthNorReachability() {
        ServiceDefinition checked = definition(V1, V1, "");
        Service healthy =
                after(
                        listed(
                                checked,
                                sighting("one", TaskPhase.RUNNING, V1, false, Health.HEALTHY)));
        Observation.Listed outdated =
                new Observation.Listed(
                        WEB,
                        checked,
                        List.of(
                                sighting("one", TaskPhase.RUNNING, V1, true, Health.UNHEALTHY),
                                sighting("two", TaskPhase.RUNNING)),
                        false,
                        false);

        Service state = after(healthy, outdated);

        assertThat(state.live().get(ONE)).isEqualTo(healthy.live().get(ONE));
        assertThat(state.live()).containsKey(new TaskId("two"));
    }

    @Test
    void aListingAloneEndsNothing() {
        Service state =
                after(
                        listed(
                                definition(V1, V1),
                                sighting("one", TaskPhase.RUNNING),
                                sighting("two", TaskPhase.RUNNING)));
        Observation.Listed shorter = listed(definition(V1, V1), sighting("two", TaskPhase.RUNNING));

        assertThat(state.decide(shorter)).isEmpty();
        assertThat(state.report(shorter).missing()).containsOnlyKeys(ONE);
    }

    @Test
    void provenAbsenceEndsTheNamedTasksOnly() {
        Service state =
                after(
                        listed(
                                definition(V1, V1),
                                sighting("one", TaskPhase.RUNNING),
                                sighting("two", TaskPhase.RUNNING)),
                        new Observation.Absent(
                                WEB,
                                new TreeSet<>(List.of(ONE)),
                                true,
                                "absent from two listings"));

        assertThat(state.live().keySet()).containsExactly(new TaskId("two"));
        assertThat(state.newestDefinition()).isPresent();
    }

    @Test
    void aServiceWithoutTasksLeftIsRemoved() {
        Service state =
                after(
                        listed(definition(V1, V1), sighting("one", TaskPhase.RUNNING)),
                        new Observation.Absent(
                                WEB, new TreeSet<>(List.of(ONE)), true, "not defined"));

        assertThat(state.exists()).isFalse();
        assertThat(state.ended()).containsExactly(ONE);
    }

    @Test
    void definitionsThatLiveTasksNeedAreKeptAndOthersForgotten() {
        Service state = after(listed(definition(V1, V1), sighting("one", TaskPhase.RUNNING)));
        for (int day = 2; day < 42; day++) {
            state = after(state, defined(definition(V1.plusSeconds(day), V1.plusSeconds(day))));
        }

        assertThat(state.definitions()).hasSize(17).anyMatch(d -> d.covers(V1));
    }

    @Test
    void rememberedEndsAreBounded() {
        Service state = after(defined(definition(V1, V1)));
        for (int i = 0; i < Service.REMEMBERED + 10; i++) {
            state = after(state, seen("t" + i, TaskPhase.GONE));
        }

        assertThat(state.ended()).hasSize(Service.REMEMBERED).doesNotContain(new TaskId("t9"));
    }
}
