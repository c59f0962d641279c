package io.meridian.dns.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.Oracle;
import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

class MessageWriterTest {
    private static final Header HEADER = new Header(0x1234, 0, true, true);
    private final MessageWriter writer = new MessageWriter(1232);

    private static Query query(String name, Edns edns) {
        return new Query(HEADER, DnsName.literal(name), Types.A, Types.IN, edns);
    }

    private static RrSet addresses(String owner, int count) {
        List<Rdata> data =
                IntStream.range(0, count)
                        .<Rdata>mapToObj(
                                i ->
                                        new Rdata.Address(
                                                IpAddress.literal(
                                                        "10.0." + i / 250 + "." + i % 250)))
                        .toList();
        return new RrSet(DnsName.literal(owner), 60, data);
    }

    private static Answer answer(List<RrSet> answers, List<RrSet> additional) {
        return new Answer(ResponseCode.NOERROR, true, answers, List.of(), additional);
    }

    private byte[] write(Query query, Answer answer, int limit) {
        int length = writer.write(query, answer, limit, false);
        return Arrays.copyOf(writer.buffer(), length);
    }

    @Test
    void anOwnerPointsAtTheQuestionAndKeepsItsCapitals() {
        byte[] message =
                write(
                        query("wEb.mesos", Edns.NONE),
                        answer(List.of(addresses("web.mesos", 1)), List.of()),
                        512);
        assertThat(HexFormat.of().formatHex(message))
                .isEqualTo(
                        ("1234 8510 0001 0001 0000 0000 [question] 03774562 056d65736f73 00 0001"
                                        + " 0001 [answer] c00c 0001 0001 0000003c 0004 0a000000")
                                .replaceAll("\\s|\\[[^]]*]", ""));
    }

    @Test
    void anSrvTargetIsNotShortenedAndItsAddressPointsAtIt() {
        DnsName owner = DnsName.literal("_a._tcp.mesos");
        RrSet srv =
                new RrSet(owner, 60, List.of(new Rdata.Srv(0, 1, 80, DnsName.literal("x.mesos"))));
        byte[] message =
                write(
                        query("_a._tcp.mesos", Edns.NONE),
                        answer(List.of(srv), List.of(addresses("X.mesos", 1))),
                        512);
        // target: 3 numbers of 2 bytes and 1+1+1+5+1 bytes of name; owner of its address: a pointer
        int expected = 12 + owner.length() + 4 + (2 + 10 + 6 + 9) + (2 + 10 + 4);
        assertThat(message).hasSize(expected);
        assertThat(Oracle.text(Oracle.parse(message)))
                .contains("SRV 0 1 80 x.mesos.")
                .contains("additional x.mesos. 60 A 10.0.0.0");
    }

    @Test
    void recordsThatDoNotFitAreOmittedWithTc() {
        Answer hundred = answer(List.of(addresses("a.mesos", 100)), List.of());
        byte[] message = write(query("a.mesos", Edns.NONE), hundred, 512);
        Message reply = Oracle.parse(message);
        assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(reply.getSection(Section.ANSWER)).hasSize((512 - 12 - 9 - 4) / 16);
        assertThat(message.length).isLessThanOrEqualTo(512);
        assertThat(writer.truncated()).isTrue();

        Message whole = Oracle.parse(write(query("a.mesos", Edns.NONE), hundred, 65535));
        assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(whole.getSection(Section.ANSWER)).hasSize(100);
    }

    @Test
    void aTruncatedReplyHasOpt() {
        Edns edns = new Edns(true, 512, true, false, false, Cookie.NONE);
        byte[] message =
                write(
                        query("a.mesos", edns),
                        answer(List.of(addresses("a.mesos", 100)), List.of()),
                        512);
        Message reply = Oracle.parse(message);
        assertThat(message.length).isLessThanOrEqualTo(512);
        assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
        OPTRecord opt = reply.getOPT();
        assertThat(opt.getPayloadSize()).isEqualTo(1232);
        assertThat(opt.getFlags()).isEqualTo(0x8000);
        assertThat(opt.getVersion()).isZero();
    }

    @Test
    void anAdditionalSetThatDoesNotFitIsLeftOutWholeAndWithoutTc() { // RFC 2181 9
        Answer answer =
                answer(
                        List.of(addresses("a.mesos", 20)),
                        List.of(addresses("b.mesos", 2), addresses("c.mesos", 20)));
        Message reply = Oracle.parse(write(query("a.mesos", Edns.NONE), answer, 512));
        assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(reply.getSection(Section.ANSWER)).hasSize(20);
        assertThat(reply.getSection(Section.ADDITIONAL)).hasSize(2);
    }

    /** Tries every limit, so that a limit falls on each record boundary. */
    @Test
    void noLimitIsExceededAndEveryMessageIsReadable() {
        List<RrSet> srv =
                List.of(
                        new RrSet(
                                DnsName.literal("_s._tcp.mesos"),
                                60,
                                IntStream.range(0, 30)
                                        .<Rdata>mapToObj(
                                                i ->
                                                        new Rdata.Srv(
                                                                0,
                                                                1,
                                                                i,
                                                                DnsName.literal(
                                                                        "t" + i + ".Mesos")))
                                        .toList()));
        List<RrSet> additional = new ArrayList<>();
        IntStream.range(0, 30)
                .forEach(i -> additional.add(addresses("t" + i + ".mesos", 1 + i % 3)));
        for (int limit = 512; limit < 2600; limit++) {
            Edns edns =
                    limit % 2 == 0
                            ? Edns.NONE
                            : new Edns(true, limit, false, false, false, Cookie.NONE);
            byte[] message = write(query("_s._tcp.mesos", edns), answer(srv, additional), limit);
            assertThat(message.length).isLessThanOrEqualTo(limit);
            Message reply = Oracle.parse(message);
            if (reply.getHeader().getFlag(Flags.TC)) {
                assertThat(reply.getSection(Section.ANSWER).size()).isBetween(1, 29);
                assertThat(reply.getSection(Section.ADDITIONAL)).hasSize(edns.present() ? 1 : 0);
            } else {
                assertThat(reply.getSection(Section.ANSWER)).hasSize(30);
            }
        }
    }

    @Test
    void aTcpReplyOfMoreThan16KBytesCanBeRead() { // pointers reach only the first 16 KB
        List<RrSet> srv =
                List.of(
                        new RrSet(
                                DnsName.literal("_s._tcp.mesos"),
                                60,
                                IntStream.range(0, 900)
                                        .<Rdata>mapToObj(
                                                i ->
                                                        new Rdata.Srv(
                                                                0,
                                                                1,
                                                                i,
                                                                DnsName.literal(
                                                                        "target-"
                                                                                + i
                                                                                + ".marathon.mesos")))
                                        .toList()));
        List<RrSet> additional = new ArrayList<>();
        IntStream.range(0, 900)
                .forEach(i -> additional.add(addresses("target-" + i + ".marathon.mesos", 1)));
        byte[] message = write(query("_s._tcp.mesos", Edns.NONE), answer(srv, additional), 65535);
        Message reply = Oracle.parse(message);
        assertThat(message.length).isBetween(40_000, 65535);
        assertThat(reply.getSection(Section.ANSWER)).hasSize(900);
        reply.getSection(Section.ADDITIONAL)
                .forEach(
                        r ->
                                assertThat(r.getName().toString())
                                        .matches("target-[0-9]+\\.marathon\\.mesos\\."));
        assertThat(reply.getSection(Section.ADDITIONAL)).hasSizeGreaterThan(500);
    }

    @Test
    void anExtendedCodeTravelsInOpt() {
        Message reply =
                Oracle.parse(
                        write(
                                query(
                                        "a.mesos",
                                        new Edns(true, 1232, false, false, false, Cookie.NONE)),
                                Answer.of(ResponseCode.BADVERS),
                                512));
        assertThat(reply.getRcode()).isEqualTo(Rcode.BADVERS);
        assertThat(reply.getOPT().getVersion()).isZero();
    }

    @Test
    void aBareHeaderRepeatsIdAndOpcode() {
        int length =
                writer.write(
                        new ReadResult.Malformed(
                                new Header(0xbeef, 5, false, false), ResponseCode.NOTIMP));
        assertThat(HexFormat.of().formatHex(writer.buffer(), 0, length))
                .isEqualTo("beefa8040000000000000000");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void recursionAvailableFollowsTheSetting(boolean available) {
        int length =
                writer.write(
                        query("a.org", Edns.NONE), Answer.of(ResponseCode.REFUSED), 512, available);
        Message reply = Oracle.parse(Arrays.copyOf(writer.buffer(), length));
        assertThat(reply.getHeader().getFlag(Flags.RA)).isEqualTo(available);
        assertThat(reply.getHeader().getFlag(Flags.RD)).isTrue();
        assertThat(reply.getHeader().getFlag(Flags.CD)).isTrue();
        assertThat(reply.getHeader().getFlag(Flags.AD)).isFalse();
    }
}
