package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.Running;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Owner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

class ReverseZonesTest {
    private static final ServiceId WEB = new ServiceId("marathon", "/shop/web");
    private static final String OWN = "web-shop-" + TaskHash.of("web.1") + "-s7.marathon.mesos.";

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 7.2.0.192.in-addr.arpa",
        "0.255.10.1, 1.10.255.0.in-addr.arpa",
        // RFC 3596 2.5
        "4321:0:1:2:3:4:567:89ab,"
                + " b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa",
    })
    void anAddressHasItsNameInFullForm(String address, String name) {
        assertThat(ReverseZones.name(IpAddress.literal(address))).isEqualTo(name);
    }

    @Test
    void aContainersAddressHasAReverseRecordForItsOwnName() {
        assertThat(
                        text(
                                Running.task("web.1")
                                        .mode(NetworkMode.CONTAINER)
                                        .agent("a-S7")
                                        .addresses("9.0.0.5", "fd01:b::5")
                                        .build()))
                .containsExactlyInAnyOrder(
                        "in-addr.arpa: 5.0.0.9.in-addr.arpa PTR " + OWN,
                        "ip6.arpa: 5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.0.0.0.1.0.d.f"
                                + ".ip6.arpa PTR "
                                + OWN);
    }

    @ParameterizedTest
    @EnumSource(
            value = NetworkMode.class,
            names = {"HOST", "BRIDGE"})
    void aTaskWithoutClusterAddressHasNoReverseRecord(NetworkMode mode) {
        assertThat(
                        text(
                                Running.task("web.1")
                                        .mode(mode)
                                        .agent("a-S7")
                                        .addresses("192.0.2.7")
                                        .build()))
                .isEmpty();
    }

    @Test
    void anAgentsAddressHasNoReverseRecordForATask() {
        assertThat(
                        text(
                                Running.task("web.1")
                                        .mode(NetworkMode.CONTAINER)
                                        .agent("a-S7", "192.0.2.7")
                                        .addresses("192.0.2.7")
                                        .build()))
                .noneMatch(record -> record.contains(OWN));
    }

    @Test
    void anAgentsReverseRecordHasItsHostname() {
        assertThat(
                        text(
                                Running.task("web.1")
                                        .agent("a-S7", "192.0.2.7", "2001:db8::7")
                                        .host("Node-7.Example.org.")
                                        .build()))
                .containsExactlyInAnyOrder(
                        "in-addr.arpa: 7.2.0.192.in-addr.arpa PTR node-7.example.org.",
                        "ip6.arpa: 7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
                                + ".ip6.arpa PTR node-7.example.org.");
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.7", "node7", "'bad name.example.org'", "''"})
    void anAgentWithoutDomainNameHasOneThatLeadsBack(String host) {
        assertThat(
                        text(
                                Running.task("web.1")
                                        .agent("20261122-101010-1-S7", "192.0.2.7", "2001:db8::7")
                                        .host(host)
                                        .build()))
                .contains(
                        "in-addr.arpa: 7.2.0.192.in-addr.arpa PTR"
                                + " 20261122-101010-1-s7.slave.mesos.",
                        "mesos: 20261122-101010-1-s7.slave.mesos A 192.0.2.7",
                        "mesos: 20261122-101010-1-s7.slave.mesos AAAA 2001:db8::7")
                .hasSize(4);
    }

    @Test
    void anAgentWithoutIdAndNameHasNoRecord() {
        assertThat(text(Running.task("web.1").agent("", "192.0.2.7").host("192.0.2.7").build()))
                .isEmpty();
    }

    @Test
    void twoTasksOnOneAgentGiveItOneName() {
        List<ZoneRow> rows = new ArrayList<>();
        for (String task : List.of("web.1", "web.2")) {
            rows.addAll(rows(Running.task(task).build()));
        }
        ZoneImage image = ZoneImage.EMPTY.apply(rows.stream().map(Change::add).toList());

        assertThat(image.records(ReverseZones.IPV4, "7.2.0.192.in-addr.arpa"))
                .containsExactly(
                        new ZoneRecord(
                                "7.2.0.192.in-addr.arpa",
                                RecordType.PTR,
                                "20261122-101010-1-s7.slave.mesos."));
    }

    @Test
    void onlyChangesOfReverseZonesAreSelected() {
        List<Change<ZoneRow>> changes =
                NamingRules.of("mesos").rows(WEB, Running.task("web.1").build()).stream()
                        .map(Change::add)
                        .toList();

        assertThat(ReverseZones.among(changes))
                .hasSize(1)
                .allMatch(change -> ReverseZones.isOrigin(change.row().zone()));
    }

    private static List<ZoneRow> rows(Instance instance) {
        TreeSet<ZoneRow> rows = new TreeSet<>();
        String owner = Owner.of(WEB, instance.task());
        Optional<String> own =
                MesosDnsRules.of("mesos").add(owner, WEB, instance, new ArrayList<>());
        ReverseZones.add(owner, "mesos", own, instance, rows);
        return List.copyOf(rows);
    }

    private static List<String> text(Instance instance) {
        return rows(instance).stream()
                .map(row -> row.zone() + ": " + row.name() + " " + row.type() + " " + row.data())
                .toList();
    }
}
