package io.meridian.dns.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.Oracle;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

class ResponseTest {
    private static final Name WWW = name("www.example.org.");

    private static Name name(String text) {
        try {
            return Name.fromString(text);
        } catch (TextParseException e) {
            throw new AssertionError(e);
        }
    }

    private static ARecord a(Name owner, int last) {
        try {
            return new ARecord(
                    owner,
                    DClass.IN,
                    300,
                    InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last}));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Message message(int answers, int authority, int additional, boolean opt) {
        Message message = new Message(7);
        message.getHeader().setFlag(Flags.QR);
        message.getHeader().setFlag(Flags.AA);
        message.addRecord(
                Oracle.question("www.example.org", Type.A).getQuestion(), Section.QUESTION);
        if (answers > 0) {
            message.addRecord(
                    new CNAMERecord(WWW, DClass.IN, 60, name("a.example.org.")), Section.ANSWER);
        }
        for (int i = 1; i < answers; i++) {
            message.addRecord(a(name("a.example.org."), i), Section.ANSWER);
        }
        for (int i = 0; i < authority; i++) {
            Name server = name("ns" + i + ".example.org.");
            message.addRecord(
                    new NSRecord(name("example.org."), DClass.IN, 60, server), Section.AUTHORITY);
        }
        for (int i = 0; i < additional; i++) {
            message.addRecord(a(name("ns" + i + ".example.org."), i), Section.ADDITIONAL);
        }
        if (opt) {
            message.addRecord(new OPTRecord(4096, 0, 0, Flags.DO), Section.ADDITIONAL);
        }
        return message;
    }

    private static Response read(Message message) {
        byte[] bytes = message.toWire(65535);
        return Response.read(bytes, bytes.length).orElseThrow();
    }

    private static Message written(Message question, Response response, int limit) {
        byte[] packet = question.toWire();
        Query query = (Query) MessageReader.read(packet, packet.length);
        MessageWriter writer = new MessageWriter(1232);
        int length = writer.write(query, response, ttl -> ttl, limit, true, false);
        assertThat(length).isLessThanOrEqualTo(limit);
        return Oracle.parse(Arrays.copyOf(writer.buffer(), length));
    }

    /** A truncated reply is a valid message with the first records of the original. */
    @Property(tries = 2000)
    void aTruncatedReplyIsAPrefixOfTheOriginal(
            @ForAll @IntRange(max = 40) int answers,
            @ForAll @IntRange(max = 5) int authority,
            @ForAll @IntRange(max = 5) int additional,
            @ForAll boolean opt,
            @ForAll boolean clientOpt,
            @ForAll @IntRange(min = 512, max = 1500) int limit) {
        Message original = message(answers, authority, additional, opt);
        Message question = Oracle.question("wWw.Example.org", Type.A);
        if (clientOpt) {
            question.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        }
        Message reply = written(question, read(original), limit);
        assertThat(reply.getHeader().getID()).isEqualTo(question.getHeader().getID());
        assertThat(reply.getQuestion().getName()).hasToString("wWw.Example.org.");
        assertThat(reply.getOPT() != null).isEqualTo(clientOpt);
        assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
        List<String> records = records(reply);
        List<String> all = records(original);
        assertThat(all.subList(0, records.size())).isEqualTo(records);
        boolean needed = records.size() >= answers + authority;
        assertThat(reply.getHeader().getFlag(Flags.TC)).isEqualTo(!needed);
        if (limit >= 1232) {
            assertThat(records).hasSameSizeAs(all);
        }
    }

    private static List<String> records(Message message) {
        return Stream.of(Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL)
                .flatMap(
                        section ->
                                message.getSection(section).stream()
                                        .filter(record -> record.getType() != Type.OPT)
                                        .map(record -> section + " " + record))
                .map(text -> text.toLowerCase(Locale.ROOT))
                .toList();
    }

    @Test
    void repliesAreClassifiedByTheirRecords() {
        Response answer = read(message(3, 0, 0, true));
        assertThat(answer.code()).isZero();
        assertThat(answer.hasEdns()).isTrue();
        assertThat(answer.isNegative()).isFalse();
        assertThat(answer.lowestTtl()).isEqualTo(60);
        assertThat(answer.records()).isEqualTo(3);
        assertThat(read(message(1, 0, 0, false)).isNegative()).isTrue(); // an alias and no address
        assertThat(read(message(0, 2, 2, false)).isReferral()).isTrue();
        Message badVersion = message(0, 0, 0, false);
        badVersion.addRecord(new OPTRecord(1232, 1, 0), Section.ADDITIONAL);
        assertThat(read(badVersion).code()).isEqualTo(16);
    }

    @Test
    void optAndLaterRecordsAreRemoved() {
        Message message = message(1, 0, 1, true);
        message.addRecord(a(name("late.example.org."), 9), Section.ADDITIONAL);
        byte[] bytes = message.toWire(); // with a limit dnsjava would write OPT last
        Response response = Response.read(bytes, bytes.length).orElseThrow();
        Message reply = written(Oracle.question("www.example.org", Type.A), response, 1232);
        assertThat(reply.getSection(Section.ADDITIONAL))
                .singleElement()
                .satisfies(r -> assertThat(r.getName()).hasToString("ns0.example.org."));
    }

    @Property(tries = 3000)
    void anyBytesAreRefusedOrRoundTrip(@ForAll("mutants") byte[] bytes) {
        Optional<Response> response = Response.read(bytes, bytes.length);
        if (response.isPresent()) {
            Message question = Oracle.question("www.example.org", Type.A);
            byte[] packet = question.toWire();
            Query query = (Query) MessageReader.read(packet, packet.length);
            MessageWriter writer = new MessageWriter(1232);
            int length = writer.write(query, response.get(), ttl -> ttl, 512, true, false);
            assertThat(length).isLessThanOrEqualTo(512);
        }
    }

    @Provide
    Arbitrary<byte[]> mutants() {
        byte[] seed = message(4, 2, 2, true).toWire();
        return Combinators.combine(
                        Arbitraries.integers().between(12, seed.length - 1).list().ofMaxSize(5),
                        Arbitraries.bytes().list().ofSize(5),
                        Arbitraries.integers().between(0, seed.length))
                .as(
                        (places, values, length) -> {
                            byte[] bytes = seed.clone();
                            for (int i = 0; i < places.size(); i++) {
                                bytes[places.get(i)] = values.get(i);
                            }
                            return length % 3 == 0 ? Arrays.copyOf(bytes, length) : bytes;
                        });
    }
}
