package io.meridian.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.Oracle;
import io.meridian.dns.Zones;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.wire.MessageWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Names with more records than a message holds. */
class LargeAnswerTest {
    private final Counters counters = new Counters();

    private static String records(int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                "web.mesos A 10.%d.%d.1\n_web._tcp.mesos SRV 0 1 31000 web-%d.mesos."
                                        .formatted(i >> 8, i & 255, i))
                .collect(Collectors.joining("\n"));
    }

    private Message ask(QueryHandler handler, String name, int type, boolean tcp) {
        byte[] question = Oracle.question(name, type).toWire();
        MessageWriter writer = handler.writer();
        Peer peer = new Peer(new InetSocketAddress("192.0.2.1", 5353), tcp);
        Outcome.Reply reply =
                (Outcome.Reply)
                        handler.handle(new Request(question, question.length, peer), writer);
        return Oracle.parse(Arrays.copyOf(writer.buffer(), reply.length()));
    }

    @ParameterizedTest
    @CsvSource({"4000, web.mesos, 1", "5000, web.mesos, 1", "5000, _web._tcp.mesos, 33"})
    void overTcpAnAnswerNeverHasTcAndHoldsAsManyRecordsAsFit(int count, String name, int type) {
        QueryHandler handler =
                Handlers.of(Zones.image(records(count), ""), Handlers.ANY_RATE, () -> 0, counters);
        Message one = ask(handler, name, type, true);
        Message other = ask(handler, name, type, true);

        Set<Record> all = new HashSet<>(one.getSection(Section.ANSWER));
        boolean fits = 16 * count < MessageWriter.MAX_LENGTH && type == Type.A;
        assertThat(one.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(all).hasSameSizeAs(one.getSection(Section.ANSWER));
        assertThat(all.size() == count).isEqualTo(fits);
        assertThat(all).hasSizeGreaterThan(1000);
        assertThat(all.equals(new HashSet<>(other.getSection(Section.ANSWER)))).isEqualTo(fits);
        assertThat(counters.of(Event.PARTIAL)).isEqualTo(fits ? 0 : 2);
    }

    @Test
    void overUdpTheSameAnswerHasTc() {
        QueryHandler handler =
                Handlers.of(Zones.image(records(5000), ""), Handlers.ANY_RATE, () -> 0, counters);

        assertThat(ask(handler, "web.mesos", Type.A, false).getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(counters.of(Event.TRUNCATED)).isEqualTo(1);
    }
}
