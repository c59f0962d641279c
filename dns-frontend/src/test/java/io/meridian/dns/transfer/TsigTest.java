package io.meridian.dns.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.meridian.dns.Oracle;
import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.MessageReader;
import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.ResponseCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TSIGRecord;
import org.xbill.DNS.Type;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

import javax.crypto.spec.SecretKeySpec;

/** dnsjava signs requests and verifies the signatures of replies. */
class TsigTest {
    private static final long NOW = 1_700_000_000L;
    private static final byte[] SECRET = "sixteen bytes or more".getBytes(US_ASCII);
    private static final Name KEY = Name.fromConstantString("xfr.example.");
    private static final int HALF = 16;

    private final TsigKeys keys = keys(TsigAlgorithm.HMAC_SHA256);

    private static TsigKeys keys(TsigAlgorithm algorithm) {
        return new TsigKeys(
                List.of(new TsigKey(DnsName.literal("XFR.example"), algorithm, SECRET)), () -> NOW);
    }

    private static TSIG theirs(String algorithm, Name key, byte[] secret, long time) {
        return new TSIG(
                Name.fromConstantString(algorithm + "."),
                key,
                new SecretKeySpec(secret, "HmacSHA256"),
                Clock.fixed(Instant.ofEpochSecond(time), ZoneOffset.UTC));
    }

    private static TSIG theirs() {
        return theirs("hmac-sha256", KEY, SECRET, NOW);
    }

    private static Message question() {
        return Oracle.question("web.mesos", Type.A);
    }

    private static Message signed(TSIG tsig) {
        Message message = question();
        tsig.apply(message, null);
        return message;
    }

    private TsigVerdict verify(byte[] packet) {
        return keys.verify(packet, packet.length);
    }

    /** A reply that is signed as the verdict demands. */
    private static byte[] reply(byte[] request, ResponseCode code, TsigSigner signer) {
        Query query = (Query) MessageReader.read(request, request.length);
        MessageWriter writer = new MessageWriter(1232);
        int length = writer.write(query, Answer.of(code), 512 - signer.size(), false);
        length = signer.sign(writer, length);
        assertThat(length).isLessThanOrEqualTo(512);
        return Arrays.copyOf(writer.buffer(), length);
    }

    private TSIGRecord refusal(byte[] request) {
        TsigVerdict verdict = verify(request);
        assertThat(verdict).isInstanceOf(TsigVerdict.Refused.class);
        TsigSigner signer = ((TsigVerdict.Refused) verdict).signer();
        Message reply = Oracle.parse(reply(request, ResponseCode.NOTAUTH, signer));
        assertThat(reply.getHeader().getRcode()).isEqualTo(Rcode.NOTAUTH);
        return reply.getTSIG();
    }

    @ParameterizedTest
    @EnumSource(TsigAlgorithm.class)
    void aSignedRequestAndItsReplyVerify(TsigAlgorithm algorithm) {
        TSIG tsig = theirs(algorithm.toString(), KEY, SECRET, NOW + 299);
        Message request = signed(tsig);
        byte[] packet = request.toWire();
        TsigVerdict verdict = keys(algorithm).verify(packet, packet.length);
        assertThat(verdict).isInstanceOf(TsigVerdict.Valid.class);
        byte[] reply = reply(packet, ResponseCode.REFUSED, ((TsigVerdict.Valid) verdict).signer());
        assertThat(tsig.verify(Oracle.parse(reply), reply, request.getTSIG()))
                .isEqualTo(Rcode.NOERROR);
        reply[3] ^= 1;
        assertThat(tsig.verify(Oracle.parse(reply), reply, request.getTSIG()))
                .isNotEqualTo(Rcode.NOERROR);
    }

    @Test
    void severalMessagesAreChained() {
        Message request = signed(theirs());
        byte[] packet = request.toWire();
        TsigSigner signer = ((TsigVerdict.Valid) verify(packet)).signer();
        TSIG.StreamVerifier verifier = new TSIG.StreamVerifier(theirs(), request.getTSIG());
        for (int i = 0; i < 5; i++) {
            byte[] reply = reply(packet, ResponseCode.NOERROR, signer);
            assertThat(verifier.verify(Oracle.parse(reply), reply)).isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    void aChangedMessageIdStillVerifies() {
        byte[] packet = signed(theirs()).toWire();
        packet[0] ^= 0x55;
        assertThat(verify(packet)).isInstanceOf(TsigVerdict.Valid.class);
    }

    @Test
    void anUnsignedMessageHasNoSignature() {
        Message plain = question();
        assertThat(verify(plain.toWire())).isInstanceOf(TsigVerdict.Unsigned.class);
        plain.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        assertThat(verify(plain.toWire())).isInstanceOf(TsigVerdict.Unsigned.class);
    }

    @Test
    void anUnknownKeyIsABadKeyAndUnsigned() {
        Name other = Name.fromConstantString("other.example.");
        for (TSIG tsig :
                List.of(
                        theirs("hmac-sha256", other, SECRET, NOW),
                        theirs("hmac-sha512", KEY, SECRET, NOW))) {
            TSIGRecord error = refusal(signed(tsig).toWire());
            assertThat(error.getError()).isEqualTo(Rcode.BADKEY);
            assertThat(error.getSignature()).isEmpty();
        }
    }

    @Test
    void aWrongMacIsABadSignatureAndUnsigned() {
        byte[] changed = signed(theirs()).toWire();
        changed[13] ^= 1; // the first letter of the question
        byte[] otherSecret = signed(theirs("hmac-sha256", KEY, new byte[16], NOW)).toWire();
        for (byte[] packet : List.of(changed, otherSecret)) {
            TSIGRecord error = refusal(packet);
            assertThat(error.getError()).isEqualTo(Rcode.BADSIG);
            assertThat(error.getSignature()).isEmpty();
        }
    }

    @Test
    void aWrongTimeIsBadTimeSignedWithTheServersTime() {
        for (long off : new long[] {-301, 301}) {
            TSIG tsig = theirs("hmac-sha256", KEY, SECRET, NOW + off);
            Message request = signed(tsig);
            byte[] packet = request.toWire();
            TSIGRecord error = refusal(packet);
            assertThat(error.getError()).isEqualTo(Rcode.BADTIME);
            assertThat(error.getTimeSigned()).isEqualTo(Instant.ofEpochSecond(NOW + off));
            assertThat(ByteBuffer.wrap(error.getOther(), 2, 4).getInt()).isEqualTo((int) NOW);
            assertThat(error.getOther()).hasSize(6);
            byte[] reply =
                    reply(
                            packet,
                            ResponseCode.NOTAUTH,
                            ((TsigVerdict.Refused) verify(packet)).signer());
            assertThat(tsig.verify(Oracle.parse(reply), reply, request.getTSIG()))
                    .isEqualTo(Rcode.NOERROR);
        }
    }

    private static Message withMacOf(int length) {
        Message request = signed(theirs());
        TSIGRecord record = request.getTSIG();
        Message message = question();
        // The signature covers the id, and each question has its own id.
        message.getHeader().setID(request.getHeader().getID());
        message.addRecord(
                new TSIGRecord(
                        record.getName(),
                        DClass.ANY,
                        0,
                        record.getAlgorithm(),
                        record.getTimeSigned(),
                        record.getFudge(),
                        Arrays.copyOf(record.getSignature(), length),
                        record.getOriginalID(),
                        0,
                        null),
                Section.ADDITIONAL);
        return message;
    }

    @Test
    void aShortenedMacIsBadTruncationAndSigned() {
        TSIGRecord error = refusal(withMacOf(HALF).toWire());
        assertThat(error.getError()).isEqualTo(22);
        assertThat(error.getSignature()).hasSize(32);
    }

    @Test
    void aMacShorterThanHalfOrTooLongIsMalformed() {
        for (int length : new int[] {0, 9, HALF - 1, 33}) {
            assertThat(verify(withMacOf(length).toWire()))
                    .isInstanceOf(TsigVerdict.Malformed.class);
        }
    }

    @Test
    void aSignatureMustBeTheLastRecordAndTheOnlyOne() {
        Message behind = signed(theirs());
        behind.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        assertThat(verify(behind.toWire())).isInstanceOf(TsigVerdict.Malformed.class);
        Message twice = signed(theirs());
        twice.addRecord(signed(theirs()).getTSIG(), Section.ADDITIONAL);
        assertThat(verify(twice.toWire())).isInstanceOf(TsigVerdict.Malformed.class);
    }

    @Test
    void truncatedAndCorruptedMessagesGetAVerdict() {
        byte[] packet = signed(theirs()).toWire();
        for (int i = 12; i < packet.length; i++) {
            assertThat(keys.verify(packet, i)).isNotInstanceOf(TsigVerdict.Valid.class);
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = packet.clone();
                changed[i] ^= (byte) (1 << bit);
                if (bit == 5) {
                    verify(changed); // a flipped case bit of a letter gives the same name
                } else {
                    assertThat(verify(changed)).isNotInstanceOf(TsigVerdict.Valid.class);
                }
            }
        }
    }

    @Test
    void aSecretIsNeverShown() {
        TsigKey key = new TsigKey(DnsName.literal("a.example"), TsigAlgorithm.HMAC_SHA256, SECRET);
        assertThat(key).hasToString("key a.example. (hmac-sha256)");
    }
}
