package io.meridian.dns.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.Oracle;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneProfile;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

class TransferLawTest {
    private static final String MIRROR = "mesos.thisdcos.directory";
    private static final List<Integer> TYPES =
            List.of(Type.A, Type.AAAA, Type.SRV, Type.CNAME, Type.PTR, Type.TXT, Type.NS, Type.SOA);

    /** A secondary with any serial ends with the zone that queries are answered from. */
    @Property(tries = 300)
    void aSecondaryThatAppliesTransfersHasTheZone(
            @ForAll long seed,
            @ForAll("revisions") long revision,
            @ForAll @IntRange(min = 1, max = 30) int steps,
            @ForAll("bounds") int bound) {
        try (ZoneTransfers transfers = transfers(bound)) {
            Churn churn = new Churn(seed, revision);
            Zone zone = awaited();
            Map<Long, TreeSet<String>> served = new LinkedHashMap<>();
            for (int i = 0; i < steps; i++) {
                Churn.Step step = churn.next(6);
                Zone next = step.from(zone);
                transfers.published(zone, next, step.changes(), step.revision());
                zone = next;
                served.put(Serial.of(step.revision()), answered(Churn.image(zone)));
            }
            DnsImage image = Churn.image(zone);
            TreeSet<String> now = answered(image);
            assertThat(Xfr.content(Xfr.records(Xfr.ask(transfers, image, Xfr.axfr("mesos"), true))))
                    .isEqualTo(now);
            long current = ((SOARecord) soa(image)).getSerial();
            served.forEach(
                    (serial, content) -> {
                        TransferReply reply =
                                Xfr.ask(transfers, image, Xfr.ixfr("mesos", serial), true);
                        if (serial == current) {
                            assertThat(reply).isInstanceOf(TransferReply.Current.class);
                            return;
                        }
                        List<Record> records = Xfr.records(reply);
                        if (bound >= 1000) {
                            assertThat(Xfr.isIncremental(records)).isTrue();
                        }
                        assertThat(
                                        Xfr.isIncremental(records)
                                                ? Xfr.apply(content, records)
                                                : Xfr.content(records))
                                .isEqualTo(now);
                    });
        }
    }

    /** A mirror of the zone has its own history. */
    @Property(tries = 100)
    void aSecondaryOfAMirrorHasTheMirror(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 15) int steps) {
        ZoneProfile mirror = ZoneProfile.mirror(MIRROR, new ZoneProfile.Part("mesos", "mesos"));
        try (ZoneTransfers transfers = transfers(1000)) {
            Churn churn = new Churn(seed, 41);
            Zone zone = awaited();
            Map<Long, TreeSet<String>> served = new LinkedHashMap<>();
            for (int i = 0; i < steps; i++) {
                Churn.Step step = churn.next(6);
                Zone next = step.from(zone);
                transfers.published(
                        zone.view(mirror), next.view(mirror), step.changes(), step.revision());
                zone = next;
                served.put(
                        Serial.of(step.revision()),
                        whole(transfers, Churn.image(zone.view(mirror))));
            }
            DnsImage image = Churn.image(zone.view(mirror));
            TreeSet<String> now = served.remove(served.keySet().stream().reduce(0L, (_, b) -> b));
            assertThat(now).anyMatch(line -> line.startsWith("ns1.mesos.thisdcos.directory. "));
            served.forEach(
                    (serial, content) ->
                            assertThat(
                                            Xfr.apply(
                                                    content,
                                                    Xfr.records(
                                                            Xfr.ask(
                                                                    transfers,
                                                                    image,
                                                                    Xfr.ixfr(MIRROR, serial),
                                                                    true))))
                                    .isEqualTo(now));
        }
    }

    private static TreeSet<String> whole(ZoneTransfers transfers, DnsImage image) {
        return Xfr.content(Xfr.records(Xfr.ask(transfers, image, Xfr.axfr(MIRROR), true)));
    }

    /** Two nodes agree, even if one skipped revisions or started later. */
    @Property(tries = 100)
    void equalSerialIsEqualContentOnEveryNode(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 12) int steps) {
        Churn churn = new Churn(seed, 0);
        Zone followed = awaited();
        for (int i = 0; i < steps; i++) {
            Churn.Step step = churn.next(5);
            followed = step.from(followed);
            Zone fromSnapshot =
                    awaited()
                            .update(
                                    step.image().rows().stream().map(Change::add).toList(),
                                    step.image(),
                                    step.revision());
            assertThat(answered(Churn.image(fromSnapshot)))
                    .isEqualTo(answered(Churn.image(followed)));
        }
    }

    @Provide
    Arbitrary<Long> revisions() {
        return Arbitraries.of(0L, 41L, (1L << 31) - 5, (1L << 32) - 9, 3L << 32);
    }

    @Provide
    Arbitrary<Integer> bounds() {
        return Arbitraries.of(0, 3, 20, 1000);
    }

    private static Zone awaited() {
        return Zone.awaited(
                ZoneProfile.mesos("mesos", 60, List.of(IpAddress.literal("192.0.2.53"))));
    }

    private static ZoneTransfers transfers(int bound) {
        return new ZoneTransfers(
                new TransferSettings(
                        List.of(TransferRule.parse("127.0.0.0/8").orElseThrow()),
                        List.of(),
                        List.of(),
                        bound,
                        1),
                new TsigKeys(List.of(), () -> 0),
                1232);
    }

    private static Record soa(DnsImage image) {
        return Oracle.ask(image, "mesos", "SOA").getSection(Section.ANSWER).getFirst();
    }

    /** All records of answer sections whose owner is the question's name. */
    private static TreeSet<String> answered(DnsImage image) {
        TreeSet<String> all = new TreeSet<>();
        Stream.concat(Churn.NAMES.stream(), Stream.of("ns1.mesos"))
                .forEach(
                        name ->
                                TYPES.forEach(
                                        type -> {
                                            Message reply =
                                                    Oracle.ask(
                                                            image,
                                                            Oracle.question(name, type),
                                                            65535);
                                            reply.getSection(Section.ANSWER).stream()
                                                    .filter(r -> r.getType() == type)
                                                    .filter(
                                                            r ->
                                                                    r.getName()
                                                                            .toString(true)
                                                                            .equals(name))
                                                    .map(Xfr::text)
                                                    .forEach(all::add);
                                        }));
        return all;
    }
}
