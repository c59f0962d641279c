package io.meridian.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;
import io.meridian.dns.Zones;
import io.meridian.dns.limit.RateLimits;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.wire.MessageWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

@Timeout(120)
class AnswerLimitsTest {
    private static final String WEB = "web.mesos A 10.0.0.1";
    private static final byte[] WEB_A = Oracle.question("web.mesos", Type.A).toWire();
    private static final byte[] MISSING = Oracle.question("none.mesos", Type.A).toWire();
    private static final byte[] REFUSED = Oracle.question("example.org", Type.A).toWire();
    private static final byte[] MALFORMED = Arrays.copyOf(REFUSED, 14);

    private final Counters counters = new Counters();
    private final QueryHandler handler =
            Handlers.of(
                    Zones.image(WEB, ""),
                    new RateLimits(1, 1, 1, Duration.ZERO, 3, 24, 56, 1 << 10, List.of()),
                    () -> 0,
                    counters);

    /** Replies to the same question, asked several times at one moment. */
    private List<Message> ask(byte[] question, int times, boolean tcp) {
        MessageWriter writer = handler.writer();
        List<Message> replies = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            if (handler.handle(
                            new Request(
                                    question,
                                    question.length,
                                    new Peer(new InetSocketAddress("192.0.2.1", 5353), tcp)),
                            writer)
                    instanceof Outcome.Reply reply) {
                replies.add(Oracle.parse(Arrays.copyOf(writer.buffer(), reply.length())));
            }
        }
        return replies;
    }

    private List<Integer> codes(byte[] question, int times) {
        return ask(question, times, false).stream().map(Message::getRcode).toList();
    }

    @Test
    void aboveTheRateAnswersAreTruncatedOrDropped() {
        List<Message> replies = ask(WEB_A, 7, false);
        assertThat(replies).hasSize(3);
        assertThat(replies.getFirst().getSection(Section.ANSWER)).hasSize(1);
        for (Message cut : replies.subList(1, 3)) {
            assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(cut.getSection(Section.ANSWER)).isEmpty();
            assertThat(cut.getQuestion().getName()).hasToString("web.mesos.");
        }
        assertThat(counters.of(Event.RATE_SLIPPED)).isEqualTo(2);
        assertThat(counters.of(Event.RATE_DROPPED)).isEqualTo(4);
        assertThat(counters.answers().values().stream().mapToLong(count -> count).sum())
                .isEqualTo(3);
    }

    @Test
    void eachKindIsCountedApartAndErrorsAreNotTruncated() {
        assertThat(codes(WEB_A, 1)).containsExactly(Rcode.NOERROR);
        assertThat(codes(MISSING, 4)).containsExactly(Rcode.NXDOMAIN, Rcode.NXDOMAIN);
        assertThat(codes(REFUSED, 3)).containsExactly(Rcode.REFUSED);
        assertThat(codes(MALFORMED, 2)).containsExactly(Rcode.FORMERR);
        assertThat(ask(REFUSED, 3, false).getFirst().getHeader().getFlag(Flags.TC)).isFalse();
    }

    @Test
    void tcpAnswersAreNotRateLimited() {
        assertThat(ask(WEB_A, 50, true)).hasSize(50);
        assertThat(ask(MALFORMED, 50, true)).hasSize(50);
    }

    /** Sends the same question over UDP and counts the replies until none arrives for 1 s. */
    private static int repliesOver(DnsFrontend frontend, int times) throws IOException {
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress("127.0.0.2", 0))) {
            client.setSoTimeout(1000);
            InetSocketAddress server = Frontends.address(frontend);
            int replies = 0;
            for (int i = 0; i < times; i++) {
                client.send(new DatagramPacket(WEB_A, WEB_A.length, server));
            }
            while (true) {
                try {
                    client.receive(new DatagramPacket(new byte[1500], 1500));
                    replies++;
                } catch (SocketTimeoutException e) {
                    return replies;
                }
            }
        }
    }

    @Test
    void theServerAppliesTheRateSettings() throws IOException {
        String settings = "rate-limit { positive = 1, slip = 0, exempt = [%s] }";
        try (DnsFrontend frontend = Frontends.serving(settings.formatted(""), WEB, "")) {
            assertThat(repliesOver(frontend, 100)).isBetween(1, 99);
            assertThat(frontend.status().rateDropped()).isPositive();
        }
        try (DnsFrontend frontend =
                Frontends.serving(settings.formatted("\"127.0.0.2\""), WEB, "")) {
            assertThat(repliesOver(frontend, 100)).isEqualTo(100);
        }
    }

    @Test
    void withoutARateNoAnswerIsLimited() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("", WEB, "")) {
            assertThat(repliesOver(frontend, 100)).isEqualTo(100);
        }
    }
}
