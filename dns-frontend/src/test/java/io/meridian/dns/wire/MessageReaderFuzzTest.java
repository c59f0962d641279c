package io.meridian.dns.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.Oracle;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

class MessageReaderFuzzTest {
    private static final List<byte[]> SEEDS =
            List.of(
                    Oracle.question("web.marathon.mesos", Type.A).toWire(),
                    HexFormat.of()
                            .parseHex(
                                    "1234010000010000000000010378797a056d65736f73000021000100002904d000008000000c000a00080102030405060708"),
                    HexFormat.of()
                            .parseHex(
                                    "12340100000100000000000201610000010001c00c00fa00ff000000000002ffff00002904d0000000000000"));

    @Property(tries = 3000)
    void randomBytesNeverThrow(@ForAll byte[] bytes) {
        assertThat(MessageReader.read(bytes, bytes.length)).isNotNull();
    }

    @Property(tries = 5000)
    void aQuestionThatIsReadIsReadTheSameByDnsjava(@ForAll("mutants") byte[] bytes) {
        if (MessageReader.read(bytes, bytes.length) instanceof Query query) {
            // Only the question: dnsjava also checks data of records that the reader skips.
            byte[] head = Arrays.copyOf(bytes, Header.LENGTH + query.name().length() + 4);
            Arrays.fill(head, 6, 12, (byte) 0);
            Message message = Oracle.parse(head);
            assertThat(
                            DnsName.ofWire(message.getQuestion().getName().toWire())
                                    .isSpelled(query.name()))
                    .isTrue();
            assertThat(message.getQuestion().getType()).isEqualTo(query.type());
            assertThat(message.getQuestion().getDClass()).isEqualTo(query.dnsClass());
            assertThat(message.getHeader().getID()).isEqualTo(query.header().id());
        }
    }

    @Provide
    Arbitrary<byte[]> mutants() {
        Arbitrary<Integer> at = Arbitraries.integers().between(0, 60);
        Arbitrary<Byte> value =
                Arbitraries.oneOf(
                        Arbitraries.bytes(),
                        Arbitraries.of(
                                (byte) 0,
                                (byte) 1,
                                (byte) 0xc0,
                                (byte) 0x3f,
                                (byte) 41,
                                (byte) 12));
        Arbitrary<List<Integer>> spots = at.list().ofMaxSize(4);
        Arbitrary<List<Byte>> values = value.list().ofSize(4);
        return Combinators.combine(
                        Arbitraries.of(SEEDS), spots, values, Arbitraries.integers().between(-3, 3))
                .as(
                        (seed, places, with, growth) -> {
                            byte[] mutant = Arrays.copyOf(seed, Math.max(0, seed.length + growth));
                            for (int i = 0; i < places.size(); i++) {
                                if (mutant.length > 0) {
                                    mutant[places.get(i) % mutant.length] = with.get(i);
                                }
                            }
                            return mutant;
                        });
    }
}
