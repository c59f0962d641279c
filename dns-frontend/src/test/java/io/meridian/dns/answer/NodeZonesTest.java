package io.meridian.dns.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.Oracle;
import io.meridian.dns.Zones;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Renaming;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ReverseZones;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

class NodeZonesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "11.0.0.0-11.255.255.255 | 11.in-addr.arpa",
                "10.1.0.0-10.2.255.255   | 1.10.in-addr.arpa 2.10.in-addr.arpa",
                "192.0.2.7-192.0.2.7     | 7.2.0.192.in-addr.arpa",
                "10.0.0.255-10.0.2.0     | 1.0.10.in-addr.arpa 255.0.0.10.in-addr.arpa"
                        + " 0.2.0.10.in-addr.arpa",
                "fd01:c::-fd01:c::ffff:ffff:ffff:ffff | 0.0.0.0.0.0.0.0.c.0.0.0.1.0.d.f.ip6.arpa",
            })
    void aRangeIsItsReverseZones(String range, String origins) {
        assertThat(NodeZones.reverseOrigins(AddressRange.parse(range).orElseThrow()))
                .containsExactly(origins.split(" "));
    }

    /** Unaligned ranges here have few enough zones to be covered completely. */
    @Property(tries = 200)
    void reverseZonesCoverExactlyTheRange(
            @ForAll @IntRange(max = 2000) int first, @ForAll @IntRange(max = 900) int size) {
        AddressRange all = AddressRange.parse("10.0.0.0-10.0.255.255").orElseThrow();
        IpAddress from = all.at(BigInteger.valueOf(first));
        IpAddress to = all.at(BigInteger.valueOf(first + size));
        Set<String> origins = new TreeSet<>(NodeZones.reverseOrigins(new AddressRange(from, to)));
        if (origins.size() == 64) {
            return; // the number of zones is limited, so they do not cover the range
        }
        for (int i = 0; i < 3000; i++) {
            String name = ReverseZones.name(all.at(BigInteger.valueOf(i)));
            boolean held = origins.stream().anyMatch(origin -> ZoneImage.inZone(name, origin));
            assertThat(held).as(name).isEqualTo(i >= first && i <= first + size);
        }
    }

    @Test
    void fiveZkNamesAreSpreadOverTheMasters() {
        assertThat(NodeZones.zk(List.of()).lines()).isEmpty();
        List<IpAddress> six = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            six.add(IpAddress.literal("10.0.0." + i));
        }
        assertThat(NodeZones.zk(six).lines()).hasSize(5).noneMatch(line -> line.contains("0.6"));
        assertThat(NodeZones.zk(six.subList(0, 1)).lines())
                .hasSize(5)
                .allMatch(line -> line.contains("10.0.0.1"));
    }

    @Test
    void onlyASingleMasterHasLeaderNames() {
        IpAddress master = IpAddress.literal("10.0.0.1");
        assertThat(NodeZones.dcos(List.of(master)).own().names(NodeZones.DCOS))
                .containsExactly(
                        "leader.dcos.thisdcos.directory", "master.dcos.thisdcos.directory");
        assertThat(
                        NodeZones.dcos(List.of(master, IpAddress.literal("10.0.0.2")))
                                .own()
                                .names(NodeZones.DCOS))
                .containsExactly("master.dcos.thisdcos.directory");
    }

    @Test
    void aCustomZoneHasCnames() {
        TreeMap<String, DnsName> targets = new TreeMap<>();
        targets.put("registry", DnsName.literal("master.dcos.thisdcos.directory"));
        assertThat(
                        NodeZones.custom("component", targets)
                                .sets("registry.component.thisdcos.directory"))
                .hasSize(1);
    }

    /** A mirror equals a renamed copy of the zone, after any changes. */
    @Property(tries = 100)
    void aMirrorHasTheZonesRecordsUnderItsOwnOrigin(
            @ForAll List<@IntRange(max = 11) Integer> toggles) {
        List<String> lines =
                List.of(
                        "a.mesos A 10.0.0.1",
                        "a.mesos A 10.0.0.2",
                        "b.a.mesos AAAA 2001:db8::1",
                        "_a._tcp.mesos SRV 0 1 80 a.mesos.",
                        "_a._tcp.mesos SRV 0 1 80 a.example.org.",
                        "c.mesos CNAME b.a.mesos.");
        Zone base = Zone.awaited(ZoneProfile.mesos("mesos", 60, List.of()));
        ZoneImage image = ZoneImage.EMPTY;
        long revision = 0;
        for (int toggle : toggles) {
            ZoneRow row = Zones.rows(lines.get(toggle / 2)).getFirst().row();
            List<Change<ZoneRow>> changes = List.of(new Change<>(toggle % 2 == 0, row));
            image = image.apply(changes);
            base = base.update(changes, image, ++revision);
        }
        base = base.update(List.of(), image, revision);
        DnsImage served =
                new DnsImage(
                        List.of(
                                base,
                                base.view(
                                        ZoneProfile.mirror(
                                                NodeZones.MESOS,
                                                new ZoneProfile.Part("mesos", "mesos")))));
        for (String name : List.of("a", "b.a", "_a._tcp", "_tcp", "c", "x")) {
            for (String type : List.of("A", "AAAA", "SRV", "CNAME", "ANY")) {
                String direct = Oracle.text(Oracle.ask(served, name + ".mesos", type));
                String mirrored =
                        Oracle.text(Oracle.ask(served, name + ".mesos.thisdcos.directory", type));
                assertThat(
                                mirrored.replace("mesos.thisdcos.directory.", "mesos.")
                                        .replaceAll("\\. 5 ", ". 60 "))
                        .as(name + " " + type)
                        .satisfies(
                                text -> assertThat(withoutSoa(text)).isEqualTo(withoutSoa(direct)));
                assertThat(mirrored).doesNotContain("a.mesos.\n");
            }
        }
        Zone mirror = served.zones().getFirst();
        assertThat(mirror.names()).isEqualTo(base.names());
        List<String> walked = new ArrayList<>();
        mirror.forEachSet(set -> walked.add(set.owner().key()));
        assertThat(walked)
                .allMatch(name -> name.endsWith(".mesos.thisdcos.directory"))
                .allMatch(name -> !mirror.sets(name).isEmpty());
    }

    private static String withoutSoa(String text) {
        return text.replaceAll("authority .* SOA .*\n", "authority SOA\n");
    }

    @Test
    void renamingThereAndBackIsTheIdentity() {
        DnsName from = DnsName.literal("thisdcos.global");
        DnsName to = DnsName.literal("thisdcos.directory");
        DnsName name = DnsName.literal("A.b.ThisDcos.Global");
        DnsName there = new Renaming(from, to).of(name);
        assertThat(there.toString()).isEqualTo("A.b.thisdcos.directory.");
        assertThat(new Renaming(to, from).of(there)).isEqualTo(name);
        DnsName other = DnsName.literal("a.example.org");
        assertThat(new Renaming(from, to).of(other)).isSameAs(other);
    }

    @Test
    void aRenamedNameOverTheLimitIsReported() {
        String labels = ("x".repeat(59) + ".").repeat(3) + "x".repeat(57) + ".";
        String asked = labels + "thisdcos.global";
        DnsImage image =
                new DnsImage(
                        List.of(NodeZones.localhost()), new AnswerRules(Aliases.of(""), false));
        assertThat(DnsName.parse(asked)).isPresent();
        assertThat(Oracle.text(Oracle.ask(image, asked, "A"))).startsWith("YXDOMAIN qr");
        assertThat(Oracle.text(Oracle.ask(image, "x" + asked.substring(60), "A")))
                .startsWith("REFUSED qr");
    }

    @Test
    void minimalAnyIsOneSet() {
        Zone base = Zone.awaited(ZoneProfile.mesos("mesos", 60, List.of()));
        List<Change<ZoneRow>> rows =
                Zones.rows("a.mesos A 10.0.0.1\na.mesos A 10.0.0.2\na.mesos TXT \"t\"");
        DnsImage image =
                new DnsImage(
                        List.of(base.update(rows, ZoneImage.EMPTY.apply(rows), 1)),
                        new AnswerRules(Aliases.NONE, true));
        assertThat(Oracle.text(Oracle.ask(image, "a.mesos", "ANY")))
                .isEqualTo(
                        """
                        NOERROR qr aa rd
                        answer a.mesos. 60 A 10.0.0.1
                        answer a.mesos. 60 A 10.0.0.2
                        """);
        assertThat(Oracle.text(Oracle.ask(image, "mesos", "ANY")))
                .startsWith("NOERROR qr aa rd\nanswer mesos. 60 SOA");
    }
}
