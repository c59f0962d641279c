package io.meridian.dns.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HexFormat;

/** Packets are hex text; blanks and text in brackets only explain. */
class MessageReaderTest {
    private static final String ID_RD = "1234 0100 ";
    private static final String ONE = "0001 0000 0000 0000 ";
    private static final String ONE_AND_ADDITIONAL = "0001 0000 0000 0001 ";
    private static final String WEB_MESOS_A = "03 776542 05 6d65736f73 00 0001 0001 "; // weB.mesos
    private static final String OPT = "00 0029 10d0 00 00 8000 0000 ";

    private static ReadResult read(String hex) {
        byte[] packet = HexFormat.of().parseHex(hex.replaceAll("\\s|\\[[^]]*]", ""));
        return MessageReader.read(packet, packet.length);
    }

    @Test
    void aPlainQuestionIsRead() {
        Query query = (Query) read(ID_RD + ONE + WEB_MESOS_A);
        assertThat(query.header()).isEqualTo(new Header(0x1234, 0, true, false));
        assertThat(query.name().isSpelled(DnsName.literal("weB.mesos"))).isTrue();
        assertThat(query.type()).isEqualTo(Types.A);
        assertThat(query.dnsClass()).isEqualTo(Types.IN);
        assertThat(query.edns()).isEqualTo(Edns.NONE);
    }

    @Test
    void ednsAndCheckingDisabledAreRead() {
        Query query = (Query) read("1234 0010 " + ONE_AND_ADDITIONAL + WEB_MESOS_A + OPT);
        assertThat(query.header()).isEqualTo(new Header(0x1234, 0, false, true));
        assertThat(query.edns()).isEqualTo(new Edns(true, 4304, true, false, false, Cookie.NONE));
    }

    @Test
    void unknownOptionsAreSkipped() {
        Query query =
                (Query)
                        read(
                                ID_RD
                                        + ONE_AND_ADDITIONAL
                                        + WEB_MESOS_A
                                        + "00 0029 04d0 00000000 000c [unknown] fde9 0008"
                                        + " 0102030405060708");
        assertThat(query.edns()).isEqualTo(new Edns(true, 1232, false, false, false, Cookie.NONE));
    }

    private static ReadResult withOptions(String hex) {
        String options = hex.replaceAll("\\s|\\[[^]]*]", "");
        String length = HexFormat.of().toHexDigits((short) (options.length() / 2));
        return read(
                ID_RD
                        + ONE_AND_ADDITIONAL
                        + WEB_MESOS_A
                        + "00 0029 04d0 00000000 "
                        + length
                        + options);
    }

    @Test
    void cookieAndNsidAreRead() {
        assertThat(((Query) withOptions("0003 0000 000a 0008 0102030405060708")).edns())
                .isEqualTo(
                        new Edns(true, 1232, false, true, false, Cookie.of(0x0102030405060708L)));
        assertThat(
                        ((Query)
                                        withOptions(
                                                "000a 0018 0102030405060708 0100000000000001"
                                                        + " ff00000000000002"))
                                .edns()
                                .cookie())
                .isEqualTo(
                        Cookie.of(0x0102030405060708L, 0x0100000000000001L, 0xff00000000000002L));
    }

    @Test
    void anInvalidServerCookieCountsAsNoneAndTheFirstCookieCounts() {
        assertThat(
                        ((Query)
                                        withOptions(
                                                "000a 0010 0102030405060708 0100000000000001"
                                                        + " [second] 000a 0008 0800000000000000"))
                                .edns()
                                .cookie())
                .isEqualTo(Cookie.of(0x0102030405060708L));
    }

    @ParameterizedTest
    @CsvSource({"0", "7", "9", "15", "41", "64"})
    void aCookieOfInvalidLengthIsAFormatError(int length) {
        String option = "000a" + HexFormat.of().toHexDigits((short) length) + "01".repeat(length);
        assertThat(withOptions(option))
                .isEqualTo(
                        new ReadResult.Malformed(
                                new Header(0x1234, 0, true, false), ResponseCode.FORMERR));
    }

    @Test
    void otherAdditionalRecordsAreSkipped() {
        // a TSIG-like record whose owner points at the question's name, before OPT
        Query query =
                (Query)
                        read(
                                ID_RD
                                        + "0001 0000 0000 0002 "
                                        + WEB_MESOS_A
                                        + "c00c 00fa 00ff 00000000 0002 ffff "
                                        + OPT);
        assertThat(query.edns().present()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "empty,                         ''",
        "eleven bytes,                  1234 0100 0001 0000 0000 00",
        "a reply,                       1234 8100 0001 0000 0000 0000 01 61 00 0001 0001",
        "a reply of another opcode,     1234 a800 0001 0000 0000 0000",
    })
    void responsesAndShortMessagesGetNoReply(String what, String hex) {
        assertThat(read(hex)).as(what).isInstanceOf(ReadResult.Silence.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "IQUERY,  1234 0800 0000 0000 0000 0000",
        "STATUS,  1234 1100 0001 0000 0000 0000 01 61 00 0001 0001",
        "NOTIFY,  1234 2000 0001 0000 0000 0000 05 6d65736f73 00 0006 0001",
        "UPDATE,  1234 2800 0001 0000 0000 0000 05 6d65736f73 00 0006 0001",
    })
    void otherOpcodesAreNotImplemented(String what, String hex) {
        ReadResult.Malformed result = (ReadResult.Malformed) read(hex);
        assertThat(result.code()).as(what).isEqualTo(ResponseCode.NOTIMP);
        assertThat(result.header().recursionDesired()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no question,                1234 0100 0000 0000 0000 0000",
        "two questions,              1234 0100 0002 0000 0000 0000 01 61 00 0001 0001 01 61 00 0001"
                + " 0001",
        "an answer,                  1234 0100 0001 0001 0000 0000 01 61 00 0001 0001 c00c 0001"
                + " 0001 00000000 0000",
        "authority,                  1234 0100 0001 0000 0001 0000 01 61 00 0001 0001 c00c 0001"
                + " 0001 00000000 0000",
        "no name,                    1234 0100 0001 0000 0000 0000",
        "a name without end,         1234 0100 0001 0000 0000 0000 01 61",
        "a label past the end,       1234 0100 0001 0000 0000 0000 3f 61 00 0001 0001",
        "a label of 64,              1234 0100 0001 0000 0000 0000 40 61 00 0001 0001",
        "a reserved label type,      1234 0100 0001 0000 0000 0000 80 61 00 0001 0001",
        "a pointer to itself,        1234 0100 0001 0000 0000 0000 c00c 0001 0001",
        "a pointer to the header,    1234 0100 0001 0000 0000 0000 c000 0001 0001",
        "no class,                   1234 0100 0001 0000 0000 0000 01 61 00 0001",
        "one byte too many,          1234 0100 0001 0000 0000 0000 01 61 00 0001 0001 00",
        "additional missing,         1234 0100 0001 0000 0000 0001 01 61 00 0001 0001",
        "two OPT,                    1234 0100 0001 0000 0000 0002 01 61 00 0001 0001 00 0029 04d0"
                + " 00000000 0000 00 0029 04d0 00000000 0000",
        "OPT below a name,           1234 0100 0001 0000 0000 0001 01 61 00 0001 0001 01 61 00 0029"
                + " 04d0 00000000 0000",
        "OPT cut short,              1234 0100 0001 0000 0000 0001 01 61 00 0001 0001 00 0029 04d0"
                + " 0000",
        "OPT past the end,           1234 0100 0001 0000 0000 0001 01 61 00 0001 0001 00 0029 04d0"
                + " 00000000 0004",
        "an option past OPT's end,   1234 0100 0001 0000 0000 0001 01 61 00 0001 0001 00 0029 04d0"
                + " 00000000 0004 000a 0001",
        "half an option,             1234 0100 0001 0000 0000 0001 01 61 00 0001 0001 00 0029 04d0"
                + " 00000000 0002 000a",
        "a forward pointer,          1234 0100 0001 0000 0000 0001 01 61 00 0001 0001 c0ff 0001"
                + " 0001 00000000 0000",
        "a pointer loop,             1234 0100 0001 0000 0000 0001 01 61 00 0001 0001 c013 0001"
                + " 0001 00000000 0000",
    })
    void malformedMessagesAreFormatErrors(String what, String hex) {
        assertThat(read(hex))
                .as(what)
                .isInstanceOfSatisfying(
                        ReadResult.Malformed.class,
                        malformed -> {
                            assertThat(malformed.code()).isEqualTo(ResponseCode.FORMERR);
                            assertThat(malformed.header())
                                    .isEqualTo(new Header(0x1234, 0, true, false));
                        });
    }

    @Test
    void aNameOf255BytesIsReadAndOneOf256IsNot() {
        String label = "3f" + "61".repeat(63);
        String longest = label + label + label + "3d" + "61".repeat(61) + "00";
        String tooLong = label + label + label + "3e" + "61".repeat(62) + "00";
        assertThat(read(ID_RD + ONE + longest + "0001 0001")).isInstanceOf(Query.class);
        assertThat(read(ID_RD + ONE + tooLong + "0001 0001"))
                .isInstanceOf(ReadResult.Malformed.class);
    }

    @Test
    void anotherEdnsVersionIsABadVersion() { // also with malformed options
        Rejection rejection =
                (Rejection)
                        read(
                                ID_RD
                                        + ONE_AND_ADDITIONAL
                                        + WEB_MESOS_A
                                        + "00 0029 04d0 00 01 0000 0001 ff");
        assertThat(rejection.code()).isEqualTo(ResponseCode.BADVERS);
        assertThat(rejection.query().edns().present()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0003", "0004", "00fe", "0000"})
    void otherClassesAreRefused(String dnsClass) {
        Rejection rejection = (Rejection) read(ID_RD + ONE + "01 61 00 0010 " + dnsClass);
        assertThat(rejection.code()).isEqualTo(ResponseCode.REFUSED);
    }

    @Test
    void classAnyIsAQuestion() {
        assertThat(read(ID_RD + ONE + "01 61 00 0001 00ff")).isInstanceOf(Query.class);
    }

    @Test
    void anIxfrQuestionMayCarryItsSoa() { // RFC 1995 3
        Query query =
                (Query)
                        read(
                                ID_RD
                                        + "0001 0000 0001 0000 01 61 00 00fb 0001 c00c 0006 0001"
                                        + " 00000000 0002 ffff");
        assertThat(query.isTransfer()).isTrue();
    }

    @Test
    void onlyTheGivenLengthCounts() {
        byte[] packet =
                HexFormat.of().parseHex((ID_RD + ONE + WEB_MESOS_A).replace(" ", "") + "ffffff");
        assertThat(MessageReader.read(packet, packet.length - 3)).isInstanceOf(Query.class);
        assertThat(MessageReader.read(packet, packet.length - 4))
                .isInstanceOf(ReadResult.Malformed.class);
    }
}
