package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.Running;
import io.meridian.domain.net.Labels;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.text.StorableText;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

class MesosDnsRulesLawTest {
    private static final NamingRules RULES =
            new NamingRules(MesosDnsRules.of("mesos"), false, false, false, new TreeSet<>());

    @Property
    void everyRowIsValidInItsZoneForAnyInput(
            @ForAll("frameworks") String framework,
            @ForAll("names") String path,
            @ForAll("names") String task,
            @ForAll("names") String agent,
            @ForAll("names") String port,
            @ForAll("protocols") String protocols) {
        ServiceId service = new ServiceId("f" + framework.replace(":", ""), "/" + path);
        Instance instance =
                Running.task("t" + task)
                        .agent(agent, "192.0.2.7", "2001:db8::7")
                        .port(port, protocols, 80, 31000)
                        .port(port, protocols, 81, 0)
                        .build();

        List<ZoneRow> rows = RULES.rows(service, instance);

        assertThat(rows).isEqualTo(List.copyOf(new TreeSet<>(rows)));
        for (ZoneRow row : rows) {
            assertThat(Labels.isName(row.name())).as(row.name()).isTrue();
            assertThat(ZoneImage.inZone(row.name(), row.zone())).isTrue();
            if (row.type() == RecordType.SRV) {
                String[] data = row.data().split(" ");
                assertThat(data).hasSize(4).startsWith("0", "1");
                assertThat(data[2]).isIn("80", "81", "31000");
                String target = data[3].substring(0, data[3].length() - 1);
                assertThat(data[3]).endsWith(".");
                assertThat(rows)
                        .as("target has an address")
                        .anyMatch(other -> other.name().equals(target));
            }
        }
    }

    /** The rows of all zones, with any zones gated. */
    @Property
    void rowsOfAllZonesAreSortedNamesThatTheirZoneHolds(
            @ForAll("frameworks") String framework,
            @ForAll("names") String path,
            @ForAll("names") String task,
            @ForAll("names") String agent,
            @ForAll("names") String host,
            @ForAll io.meridian.domain.service.NetworkMode mode) {
        ServiceId service = new ServiceId("f" + framework.replace(":", ""), "/" + path);
        Instance instance =
                Running.task("t" + task)
                        .agent(agent, "192.0.2.7", "2001:db8::7")
                        .host(host)
                        .mode(mode)
                        .addresses("9.0.0.5", "fd01:b::5")
                        .build();

        List<ZoneRow> rows = NamingRules.of("mesos").rows(service, instance);

        assertThat(rows).isEqualTo(List.copyOf(new TreeSet<>(rows)));
        for (ZoneRow row : rows) {
            assertThat(Labels.isName(row.name())).as(row.name()).isTrue();
            assertThat(ZoneImage.inZone(row.name(), row.zone())).isTrue();
            if (row.type() == RecordType.PTR && row.data().endsWith(".mesos.")) {
                assertThat(rows)
                        .as("leads back")
                        .anyMatch(
                                other ->
                                        row.data().equals(other.name() + ".")
                                                && row.name().equals(reverse(other)));
            }
        }
    }

    private static String reverse(ZoneRow row) {
        return io.meridian.domain.net.IpAddress.parse(row.data())
                .map(ReverseZones::name)
                .orElse("");
    }

    @Property
    void tasksOfOneServiceShareItsNamesAndNothingElse(
            @ForAll("names") String one, @ForAll("names") String two) {
        ServiceId service = new ServiceId("marathon", "/shop/web");
        String hashes = TaskHash.of("t" + one) + TaskHash.of("t" + two);
        if (hashes.startsWith(hashes.substring(5))) {
            return;
        }
        SortedSet<String> shared = names(service, Running.task("t" + one).build());
        shared.retainAll(names(service, Running.task("t" + two).build()));

        assertThat(shared)
                .containsExactly(
                        "web-shop.marathon.mesos",
                        "web-shop.marathon.slave.mesos",
                        "web.shop.marathon.mesos",
                        "web.shop.marathon.slave.mesos");
    }

    private static SortedSet<String> names(ServiceId service, Instance instance) {
        SortedSet<String> names = new TreeSet<>();
        RULES.rows(service, instance).forEach(row -> names.add(row.name()));
        return names;
    }

    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> odd = Arbitraries.strings().withChars("aZ0-_./ $é").ofMaxLength(90);
        Arbitrary<String> plain = Arbitraries.strings().withChars("ab-/").ofMaxLength(260);
        return Arbitraries.oneOf(odd, plain, Arbitraries.strings().ofMaxLength(20))
                .map(text -> StorableText.of(text, StorableText.MAX_ID - 1));
    }

    @Provide
    Arbitrary<String> frameworks() {
        return names().map(text -> StorableText.of(text, StorableText.MAX_FRAMEWORK - 1));
    }

    @Provide
    Arbitrary<String> protocols() {
        return Arbitraries.of("tcp", "udp", "udp,tcp", "");
    }
}
