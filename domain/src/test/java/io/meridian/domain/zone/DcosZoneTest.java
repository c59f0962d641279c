package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.Running;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Owner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

class DcosZoneTest {
    private static final ServiceId APP = new ServiceId("marathon", "/mygroup/myapp");
    private static final String AGENT4 = "192.0.2.7";
    private static final String AGENT6 = "2001:db8::7";

    /** The table of specs: dcos-net 1.2, and what follows from it for agents of either family. */
    @ParameterizedTest(name = "{0} {1}, agent {2}, host port {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                // mode | task addresses | agent addresses | host port | agentip | containerip |
                // autoip
                "HOST      | 192.0.2.7            | 192.0.2.7             | 31000 | 192.0.2.7 |"
                        + " 192.0.2.7 | 192.0.2.7",
                "HOST      | 192.0.2.7            | 192.0.2.7             | 0     | 192.0.2.7 |"
                        + " 192.0.2.7 | 192.0.2.7",
                "HOST      |                      | 192.0.2.7             | 31000 | 192.0.2.7 |    "
                        + "       | 192.0.2.7",
                "HOST      | 192.0.2.7            |                       | 31000 |           |"
                        + " 192.0.2.7 | 192.0.2.7",
                "BRIDGE    | 172.17.0.2           | 192.0.2.7             | 31000 | 192.0.2.7 |"
                        + " 172.17.0.2 | 192.0.2.7",
                "BRIDGE    | 172.17.0.2           | 192.0.2.7             | 0     | 192.0.2.7 |"
                        + " 172.17.0.2 | 172.17.0.2",
                "BRIDGE    |                      | 192.0.2.7             | 0     | 192.0.2.7 |    "
                        + "       | 192.0.2.7",
                "CONTAINER | 9.0.0.5              | 192.0.2.7             | 0     | 192.0.2.7 |"
                        + " 9.0.0.5   | 9.0.0.5",
                "CONTAINER | 9.0.0.5              | 192.0.2.7             | 31000 | 192.0.2.7 |"
                        + " 9.0.0.5   | 192.0.2.7",
                "CONTAINER | 9.0.0.5,fd01:b::5    | 192.0.2.7             | 0     | 192.0.2.7 |"
                        + " 9.0.0.5,fd01:b::5 | 9.0.0.5,fd01:b::5",
                "CONTAINER | fd01:b::5            | 192.0.2.7             | 0     | 192.0.2.7 |"
                        + " fd01:b::5 | fd01:b::5",
                "CONTAINER | fd01:b::5            | 2001:db8::7           | 31000 | 2001:db8::7 |"
                        + " fd01:b::5 | 2001:db8::7",
                "CONTAINER | 9.0.0.5              | 192.0.2.7,2001:db8::7 | 0     |"
                        + " 192.0.2.7,2001:db8::7 | 9.0.0.5 | 9.0.0.5",
                "CONTAINER |                      | 192.0.2.7             | 0     | 192.0.2.7 |    "
                        + "       | 192.0.2.7",
            })
    void eachModeOfNetworkHasItsAddresses(
            NetworkMode mode,
            String own,
            String agent,
            int hostPort,
            String agentip,
            String containerip,
            String autoip) {
        Instance instance =
                Running.task("myapp.1")
                        .mode(mode)
                        .addresses(list(own))
                        .agent("a-S7", list(agent))
                        .port("http", "tcp", 80, hostPort)
                        .build();

        assertThat(text(APP, instance))
                .containsExactlyInAnyOrderElementsOf(expected(agentip, containerip, autoip));
    }

    @Test
    void oneMappedPortIsEnough() {
        Instance instance =
                Running.task("myapp.1")
                        .mode(NetworkMode.CONTAINER)
                        .addresses("9.0.0.5")
                        .agent("a-S7", AGENT4, AGENT6)
                        .port("a", "tcp", 80, 0)
                        .port("b", "tcp", 81, 31000)
                        .build();

        assertThat(text(APP, instance))
                .contains(
                        "myapp-mygroup.marathon.autoip.dcos.thisdcos.directory A 192.0.2.7",
                        "myapp-mygroup.marathon.autoip.dcos.thisdcos.directory AAAA 2001:db8::7")
                .noneMatch(record -> record.contains("autoip") && record.contains("9.0.0.5"));
    }

    @ParameterizedTest
    @CsvSource({
        "my.fw, /web, web.my-fw",
        "marathon, /a.b/c_d, c-d-a-b.marathon",
        "Team.A/My_FW, /web, web.team-amy-fw",
        "chronos, fd%gsf---gs7-f$gs--d7fddg-123, fdgsf---gs7-fgs--d7fddg-123.chronos",
        "chronos, -4abc123, 4abc123.chronos",
        "chronos, 0-0, 0-0.chronos",
    })
    void dotsOfTaskAndFrameworkBecomeDashes(String framework, String path, String name) {
        assertThat(text(new ServiceId(framework, path), Running.task("t.1").build()))
                .contains(name + ".agentip.dcos.thisdcos.directory A 192.0.2.7");
    }

    @Test
    void aNameWithoutLegalCharactersIsLeftOut() {
        assertThat(text(new ServiceId("$", "/web"), Running.task("t").build())).isEmpty();
        assertThat(text(new ServiceId("marathon", "%%"), Running.task("t").build())).isEmpty();
    }

    @Test
    void containersOfAPodShareTheNameAndEachOwnsItsRow() {
        ServiceId pod = new ServiceId("marathon", "/p");
        List<ZoneRow> rows = new ArrayList<>();
        for (String task : List.of("p.i-1.a", "p.i-1.b")) {
            rows.addAll(rows(pod, Running.task(task).mode(NetworkMode.CONTAINER).build()));
        }

        assertThat(rows).filteredOn(row -> row.name().contains("containerip")).hasSize(2);
        assertThat(new TreeSet<>(rows)).hasSameSizeAs(rows);
        assertThat(
                        ZoneImage.EMPTY
                                .apply(
                                        rows.stream()
                                                .map(io.meridian.domain.table.Change::add)
                                                .toList())
                                .records(DcosZone.ORIGIN))
                .hasSize(3);
    }

    private static List<String> expected(String agentip, String containerip, String autoip) {
        List<String> all = new ArrayList<>();
        for (String[] one :
                new String[][] {
                    {"agentip", agentip}, {"containerip", containerip}, {"autoip", autoip}
                }) {
            for (String address : list(one[1])) {
                all.add(
                        "myapp-mygroup.marathon.%s.dcos.thisdcos.directory %s %s"
                                .formatted(one[0], address.contains(":") ? "AAAA" : "A", address));
            }
        }
        return all;
    }

    private static String[] list(String text) {
        return text == null ? new String[0] : text.split(",");
    }

    private static List<ZoneRow> rows(ServiceId service, Instance instance) {
        List<ZoneRow> rows = new ArrayList<>();
        DcosZone.add(Owner.of(service, instance.task()), service, instance, rows);
        return rows;
    }

    private static List<String> text(ServiceId service, Instance instance) {
        List<ZoneRow> rows = rows(service, instance);
        assertThat(rows).allMatch(row -> row.zone().equals(DcosZone.ORIGIN));
        return Arrays.asList(
                rows.stream()
                        .map(row -> row.name() + " " + row.type() + " " + row.data())
                        .toArray(String[]::new));
    }
}
