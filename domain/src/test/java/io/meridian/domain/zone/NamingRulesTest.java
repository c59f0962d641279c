package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.Running;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

class NamingRulesTest {
    private static final ServiceId WEB = new ServiceId("marathon", "/web");
    private static final String OWN = "web-" + TaskHash.of("web.1") + "-s7.marathon.mesos";
    private static final NamingRules ALL = NamingRules.of("mesos");

    @Test
    void aTaskIsInEveryZone() {
        assertThat(zones(ALL, Running.task("web.1").mode(NetworkMode.CONTAINER).build()))
                .containsExactlyInAnyOrder("mesos", DcosZone.ORIGIN, ReverseZones.IPV4);
        assertThat(
                        zones(
                                ALL,
                                Running.task("web.1")
                                        .mode(NetworkMode.CONTAINER)
                                        .addresses("fd01:b::5")
                                        .build()))
                .contains(ReverseZones.IPV6);
    }

    @Test
    void eachKindOfRecordIsASwitch() {
        NamingRules none =
                new NamingRules(MesosDnsRules.of("mesos"), false, false, false, new TreeSet<>());
        Instance task = Running.task("web.1").mode(NetworkMode.CONTAINER).build();

        assertThat(zones(none, task)).containsExactly("mesos");
        assertThat(none.rows(WEB, task))
                .allMatch(row -> Set.of(RecordType.A, RecordType.AAAA).contains(row.type()));
        assertThat(
                        zones(
                                new NamingRules(
                                        none.mesosDns(), true, false, false, new TreeSet<>()),
                                task))
                .containsExactlyInAnyOrder("mesos", DcosZone.ORIGIN);
    }

    @Test
    void aTasksOwnNameHasATextWithItsId() {
        assertThat(texts("web.1")).containsExactly(OWN + " \"task=web.1\"");
    }

    @ParameterizedTest
    @CsvSource({"a\"b, \"task=a\\\"b\"", "a\\b, \"task=a\\\\b\""})
    void quotesAndBackslashesAreEscaped(String task, String data) {
        assertThat(texts(task)).hasSize(1).first().asString().endsWith(" " + data);
    }

    @Test
    void anIdThatATxtStringCannotHoldHasNoText() {
        assertThat(texts("a".repeat(250))).hasSize(1);
        assertThat(texts("a".repeat(251))).isEmpty();
        assertThat(texts("é")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskPhase.class,
            names = {"RUNNING"},
            mode = EnumSource.Mode.EXCLUDE)
    void onlyARunningTaskHasRecords(TaskPhase phase) {
        assertThat(ALL.rows(WEB, Running.task("web.1").phase(phase).build())).isEmpty();
    }

    @Test
    void anUnreachableTaskHasNone() {
        assertThat(ALL.rows(WEB, Running.task("web.1").unreachable().build())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"HEALTHY, true", "UNHEALTHY, false", "UNKNOWN, false"})
    void aGatedZoneHasOnlyTasksThatTakeTraffic(Health health, boolean there) {
        Instance task = Running.task("web.1").checked(health).build();

        assertThat(zones(gated("mesos"), task).contains("mesos")).isEqualTo(there);
        assertThat(zones(gated("mesos"), task)).contains(DcosZone.ORIGIN);
        assertThat(zones(gated(DcosZone.ORIGIN), task).contains(DcosZone.ORIGIN)).isEqualTo(there);
        assertThat(zones(gated("mesos", DcosZone.ORIGIN, ReverseZones.IPV4), task).isEmpty())
                .isEqualTo(!there);
        assertThat(zones(gated(), task)).contains("mesos", DcosZone.ORIGIN);
    }

    @Test
    void aTaskWithoutHealthChecksIsNotGated() {
        assertThat(gated("mesos").rows(WEB, Running.task("web.1").build()))
                .isEqualTo(ALL.rows(WEB, Running.task("web.1").build()));
    }

    /** While a task's agent is unknown, so is the last part of the task's own name. */
    @Test
    void aNameWithoutAddressHasNoText() {
        assertThat(ALL.rows(WEB, Running.task("web.1").agent("").addresses().build())).isEmpty();
    }

    private static NamingRules gated(String... zones) {
        return new NamingRules(
                ALL.mesosDns(), true, true, true, new TreeSet<>(Arrays.asList(zones)));
    }

    private static Set<String> zones(NamingRules rules, Instance instance) {
        return rules.rows(WEB, instance).stream().map(ZoneRow::zone).collect(Collectors.toSet());
    }

    private static List<String> texts(String task) {
        return ALL.rows(WEB, Running.task(task).build()).stream()
                .filter(row -> row.type() == RecordType.TXT)
                .map(row -> row.name() + " " + row.data())
                .toList();
    }
}
