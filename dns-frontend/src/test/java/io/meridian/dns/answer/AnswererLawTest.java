package io.meridian.dns.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.Oracle;
import io.meridian.dns.Zones;
import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.MessageReader;
import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

class AnswererLawTest {
    private static final List<String> NAMES =
            List.of(
                    "a.mesos",
                    "b.a.mesos",
                    "c.b.a.mesos",
                    "x.marathon.mesos",
                    "_x._tcp.marathon.mesos",
                    "y.marathon.mesos");
    private static final List<String> ASKED =
            List.of(
                    "a.mesos",
                    "B.a.Mesos",
                    "c.b.a.mesos",
                    "x.marathon.mesos",
                    "_x._tcp.marathon.mesos",
                    "y.marathon.mesos",
                    "mesos",
                    "marathon.mesos",
                    "_tcp.marathon.mesos",
                    "no.mesos",
                    "no.y.marathon.mesos");

    /** Compares replies, read by dnsjava, with an independent lookup in the rows. */
    @Property(tries = 500)
    void dnsjavaReadsTheRecordsOfTheRows(
            @ForAll("rows") List<Change<ZoneRow>> rows, @ForAll("question") Message question) {
        Zone zone = zone(rows);
        Message reply = Oracle.ask(new DnsImage(List.of(zone)), question, 65535);

        String asked =
                question.getQuestion().getName().toString(true).toLowerCase(java.util.Locale.ROOT);
        String type = Type.string(question.getQuestion().getType());
        List<ZoneRecord> all = ZoneImage.EMPTY.apply(rows).records("mesos");
        Set<String> expected =
                all.stream()
                        .filter(r -> r.name().equals(asked) && r.type().name().equals(type))
                        .map(ZoneRecord::data)
                        .collect(Collectors.toCollection(TreeSet::new));
        boolean apex = asked.equals("mesos");
        boolean exists =
                apex
                        || all.stream()
                                .anyMatch(
                                        r ->
                                                r.name().equals(asked)
                                                        || r.name().endsWith("." + asked));

        Set<String> answered =
                reply.getSection(Section.ANSWER).stream()
                        .map(r -> canonical(r.rdataToString()))
                        .collect(Collectors.toCollection(TreeSet::new));
        if (!(apex && (type.equals("SOA") || type.equals("NS")))) {
            assertThat(answered).isEqualTo(expected);
            assertThat(reply.getSection(Section.AUTHORITY)).hasSize(expected.isEmpty() ? 1 : 0);
        } else {
            assertThat(answered).hasSize(1);
        }
        assertThat(reply.getRcode()).isEqualTo(exists ? Rcode.NOERROR : Rcode.NXDOMAIN);
        assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(reply.getQuestion().getName().toString())
                .isEqualTo(question.getQuestion().getName().toString());
        reply.getSection(Section.ANSWER)
                .forEach(
                        record ->
                                assertThat(record.getName().toString())
                                        .isEqualTo(question.getQuestion().getName().toString()));
    }

    @Property(tries = 200)
    void anAnswerNeverChangesTheImage(
            @ForAll("rows") List<Change<ZoneRow>> rows,
            @ForAll("question") Message question,
            @ForAll long seed) {
        Zone zone = zone(rows);
        DnsImage image = new DnsImage(List.of(zone));
        List<String> before = zone.lines();
        byte[] packet = question.toWire();
        Query query = (Query) MessageReader.read(packet, packet.length);
        Answer first = Answerer.answer(image, query);
        for (int i = 0; i < 5; i++) {
            new MessageWriter(1232)
                    .write(query, Rotation.shuffled(first, new Random(seed + i)), 512, false);
        }
        assertThat(zone.lines()).isEqualTo(before);
        assertThat(Answerer.answer(image, query)).isEqualTo(first);
    }

    @Property(tries = 200)
    void anyBatchesOfChangesGiveTheSameZone(
            @ForAll("rows") List<Change<ZoneRow>> rows, @ForAll int split) {
        int cut = rows.isEmpty() ? 0 : Math.floorMod(split, rows.size() + 1);
        ZoneImage head = ZoneImage.EMPTY.apply(rows.subList(0, cut));
        ZoneImage whole = ZoneImage.EMPTY.apply(rows);
        Zone batched =
                Zone.awaited(profile())
                        .update(rows.subList(0, cut), head, 1)
                        .update(rows.subList(cut, rows.size()), whole, 2);
        List<Change<ZoneRow>> snapshot = whole.rows().stream().map(Change::add).toList();
        Zone atOnce = Zone.awaited(profile()).update(snapshot, whole, 2);
        assertThat(batched.lines()).isEqualTo(atOnce.lines());
        assertThat(batched.soa()).isEqualTo(atOnce.soa());
    }

    @Property(tries = 100)
    void aRotationHasTheSameRecordsAndEachComesFirst(
            @ForAll @IntRange(min = 1, max = 8) int records) {
        String text =
                Arrays.stream(new int[records])
                        .collect(
                                StringBuilder::new,
                                (b, i) ->
                                        b.append("a.mesos A 10.0.0.")
                                                .append(b.length())
                                                .append('\n'),
                                StringBuilder::append)
                        .toString();
        byte[] packet = Oracle.question("a.mesos", Type.A).toWire();
        Query query = (Query) MessageReader.read(packet, packet.length);
        Answer answer = Answerer.answer(Zones.image(text, ""), query);
        Random random = new Random(1);
        Set<Object> first = new java.util.HashSet<>();
        for (int i = 0; i < 60 * records; i++) {
            Answer shuffled = Rotation.shuffled(answer, random);
            first.add(shuffled.answers().getFirst().data().getFirst());
            assertThat(shuffled.answers().getFirst().data())
                    .containsExactlyInAnyOrderElementsOf(answer.answers().getFirst().data());
        }
        assertThat(first).hasSameSizeAs(answer.answers().getFirst().data());
    }

    @Provide
    Arbitrary<List<Change<ZoneRow>>> rows() {
        Arbitrary<String> lines =
                Combinators.combine(
                                Arbitraries.of(NAMES),
                                Arbitraries.oneOf(
                                        Arbitraries.of(
                                                "A 10.0.0.1",
                                                "A 10.0.0.2",
                                                "A 10.0.0.3",
                                                "AAAA 2001:db8::1"),
                                        Combinators.combine(
                                                        Arbitraries.of(NAMES),
                                                        Arbitraries.integers().between(0, 65535))
                                                .as(
                                                        (target, port) ->
                                                                "SRV 0 1 "
                                                                        + port
                                                                        + " "
                                                                        + target
                                                                        + ".")))
                        .as((name, data) -> name + " " + data);
        return lines.list()
                .ofMaxSize(20)
                .flatMap(
                        list ->
                                Arbitraries.of(true, true, true, false)
                                        .list()
                                        .ofSize(list.size())
                                        .map(
                                                added -> {
                                                    List<Change<ZoneRow>> adds =
                                                            Zones.rows(String.join("\n", list));
                                                    List<Change<ZoneRow>> changes =
                                                            new ArrayList<>();
                                                    for (int i = 0; i < adds.size(); i++) {
                                                        changes.add(
                                                                new Change<>(
                                                                        added.get(i),
                                                                        adds.get(i).row()));
                                                    }
                                                    return changes;
                                                }));
    }

    @Provide
    Arbitrary<Message> question() {
        return Combinators.combine(
                        Arbitraries.of(ASKED),
                        Arbitraries.of("A", "AAAA", "SRV", "SOA", "NS", "TXT"))
                .as((name, type) -> Oracle.question(name, Type.value(type)));
    }

    /** Text of an address as dnsjava writes it: IPv6 without shortening. */
    private static String canonical(String data) {
        return IpAddress.parse(data).map(IpAddress::toString).orElse(data);
    }

    private static ZoneProfile profile() {
        return ZoneProfile.mesos("mesos", 60, List.of());
    }

    private static Zone zone(List<Change<ZoneRow>> rows) {
        return Zone.awaited(profile()).update(rows, ZoneImage.EMPTY.apply(rows), Zones.REVISION);
    }
}
