package io.meridian.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;
import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@Timeout(120)
class ForwardTest {
    private static final String WEB = "web.mesos A 10.0.0.1";

    private static Message answered(Message question, String address) {
        Message reply = new Message(question.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RA);
        reply.addRecord(question.getQuestion(), Section.QUESTION);
        try {
            Name owner = question.getQuestion().getName();
            reply.addRecord(
                    new ARecord(
                            owner,
                            DClass.IN,
                            300,
                            InetAddress.getByAddress(IpAddress.literal(address).bytes())),
                    Section.ANSWER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return reply;
    }

    private static List<byte[]> answer(Message question) {
        return List.of(answered(question, "192.0.2.80").toWire());
    }

    private static Message ask(DnsFrontend frontend, String name, boolean tcp) throws IOException {
        return (tcp ? Frontends.tcp(frontend) : Frontends.udp(frontend))
                .send(Oracle.question(name, Type.A));
    }

    @Test
    void aNameOutsideOurZonesIsAskedElsewhereOverTheSameTransport() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend =
                        Frontends.serving(
                                "upstreams = [\"" + upstream.address() + "\"]", WEB, "")) {
            for (boolean tcp : new boolean[] {false, true}) {
                Message reply = ask(frontend, "www.example.org", tcp);
                assertThat(Oracle.text(reply)).contains("answer www.example.org. 300 A 192.0.2.80");
                assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
            }
            Message own = ask(frontend, "web.mesos", false);
            assertThat(own.getHeader().getFlag(Flags.AA)).isTrue();
            assertThat(own.getHeader().getFlag(Flags.RA)).isTrue();
            assertThat(upstream.asked).hasSize(2);
            assertThat(frontend.status().forwarded()).isEqualTo(2);
            assertThat(frontend.status().forwardFailures()).isZero();
        }
    }

    @Test
    void eachExchangeHasItsOwnIdAndTheClientGetsItsOwnBack() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend =
                        Frontends.serving(
                                "upstreams = [\"" + upstream.address() + "\"]", WEB, "")) {
            for (int i = 0; i < 5; i++) {
                Message question = Oracle.question("www.example.org", Type.A);
                question.getHeader().setID(77);
                assertThat(Frontends.udp(frontend).send(question).getHeader().getID())
                        .isEqualTo(77);
            }
            assertThat(upstream.asked.stream().map(m -> m.getHeader().getID()).distinct().count())
                    .isGreaterThan(1);
        }
    }

    @Test
    void aForgedReplyIsPassedOverAndTheRightOneTaken() throws IOException {
        try (FakeUpstream upstream =
                        new FakeUpstream(
                                question -> {
                                    Message wrongId = answered(question, "192.0.2.66");
                                    wrongId.getHeader().setID(question.getHeader().getID() ^ 1);
                                    Message wrongName =
                                            answered(
                                                    Oracle.question("vvv.example.org", Type.A),
                                                    "192.0.2.66");
                                    wrongName.getHeader().setID(question.getHeader().getID());
                                    Message wrongType =
                                            answered(
                                                    Oracle.question("www.example.org", Type.AAAA),
                                                    "192.0.2.66");
                                    wrongType.getHeader().setID(question.getHeader().getID());
                                    Message noReply = answered(question, "192.0.2.66");
                                    noReply.getHeader().unsetFlag(Flags.QR);
                                    return List.of(
                                            new byte[3],
                                            wrongId.toWire(),
                                            wrongName.toWire(),
                                            wrongType.toWire(),
                                            noReply.toWire(),
                                            answered(question, "192.0.2.80").toWire());
                                });
                DnsFrontend frontend =
                        Frontends.serving(
                                "upstreams = [\"" + upstream.address() + "\"]", WEB, "")) {
            assertThat(Oracle.text(ask(frontend, "www.example.org", false))).contains("192.0.2.80");
        }
    }

    @Test
    void aSilentServerIsFollowedByTheNext() throws IOException {
        try (FakeUpstream silent = new FakeUpstream(question -> List.of());
                FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend =
                        Frontends.serving(
                                "forward-timeout = 200 ms, upstreams = [\""
                                        + silent.address()
                                        + "\",\""
                                        + upstream.address()
                                        + "\"]",
                                WEB,
                                "")) {
            assertThat(Oracle.text(ask(frontend, "www.example.org", false))).contains("192.0.2.80");
            assertThat(Oracle.text(ask(frontend, "www.example.org", true))).contains("192.0.2.80");
            assertThat(silent.asked).hasSize(2);
        }
    }

    @Test
    void whenAllFailTheClientIsToldSo() throws IOException {
        int closed;
        try (DatagramSocket socket = new DatagramSocket()) {
            closed = socket.getLocalPort();
        }
        try (FakeUpstream silent = new FakeUpstream(question -> List.of());
                DnsFrontend frontend =
                        Frontends.serving(
                                "forward-timeout = 200 ms, upstreams = [\"127.0.0.1:"
                                        + closed
                                        + "\",\""
                                        + silent.address()
                                        + "\"]",
                                WEB,
                                "")) {
            for (boolean tcp : new boolean[] {false, true}) {
                Message reply = ask(frontend, "www.example.org", tcp);
                assertThat(reply.getRcode()).isEqualTo(Rcode.SERVFAIL);
                assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
                assertThat(reply.getQuestion().getName()).hasToString("www.example.org.");
            }
            assertThat(frontend.status().forwardFailures()).isEqualTo(2);
        }
    }

    @Test
    void anyCodeOfAServerIsFinal() throws IOException {
        try (FakeUpstream denying =
                        new FakeUpstream(
                                question -> {
                                    Message reply = new Message(question.getHeader().getID());
                                    reply.getHeader().setFlag(Flags.QR);
                                    reply.getHeader().setRcode(Rcode.NXDOMAIN);
                                    reply.addRecord(question.getQuestion(), Section.QUESTION);
                                    return List.of(reply.toWire());
                                });
                FakeUpstream other = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend =
                        Frontends.serving(
                                "upstreams = [\""
                                        + denying.address()
                                        + "\",\""
                                        + other.address()
                                        + "\"]",
                                WEB,
                                "")) {
            assertThat(ask(frontend, "www.example.org", false).getRcode())
                    .isEqualTo(Rcode.NXDOMAIN);
            assertThat(other.asked).isEmpty();
        }
    }

    @Test
    void aCutReplyIsPassedOnCut() throws IOException {
        try (FakeUpstream upstream =
                        new FakeUpstream(
                                question -> {
                                    Message reply = answered(question, "192.0.2.80");
                                    reply.getHeader().setFlag(Flags.TC);
                                    return List.of(reply.toWire());
                                });
                DnsFrontend frontend =
                        Frontends.serving(
                                "upstreams = [\"" + upstream.address() + "\"]", WEB, "")) {
            var udp = Frontends.udp(frontend);
            udp.setIgnoreTruncation(true);
            assertThat(
                            udp.send(Oracle.question("www.example.org", Type.A))
                                    .getHeader()
                                    .getFlag(Flags.TC))
                    .isTrue();
        }
    }

    @Test
    void theLongestSuffixChoosesTheServers() throws IOException {
        try (FakeUpstream general = new FakeUpstream(ForwardTest::answer);
                FakeUpstream corp = new FakeUpstream(ForwardTest::answer);
                FakeUpstream team = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend =
                        Frontends.serving(
                                "upstreams = [\""
                                        + general.address()
                                        + "\"], forward-zones { \"corp.example\" = [\""
                                        + corp.address()
                                        + "\"], \"team.mesos\" = [\""
                                        + team.address()
                                        + "\"] }",
                                WEB,
                                "")) {
            ask(frontend, "www.example.org", false);
            ask(frontend, "a.Corp.example", false);
            ask(frontend, "notcorp.example", false);
            ask(frontend, "x.team.mesos", false);
            assertThat(ask(frontend, "web.mesos", false).getHeader().getFlag(Flags.AA)).isTrue();
            assertThat(ask(frontend, "x.thisdcos.directory", false).getRcode())
                    .isEqualTo(Rcode.REFUSED);
            assertThat(corp.asked).hasSize(1);
            assertThat(team.asked).hasSize(1);
            assertThat(general.asked).hasSize(2);
        }
    }

    @Test
    void oneQueryTooManyFailsAtOnceAndOwnNamesAreStillAnswered() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        try (FakeUpstream slow =
                        new FakeUpstream(
                                question -> {
                                    await(open);
                                    return answer(question);
                                });
                DnsFrontend frontend =
                        Frontends.serving(
                                "forward-in-flight = 1, forward-timeout = 60 s, upstreams = [\""
                                        + slow.address()
                                        + "\"]",
                                WEB,
                                "")) {
            CompletableFuture<Message> first =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return ask(frontend, "www.example.org", false);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            while (frontend.status().forwarded() == 0) {
                Thread.sleep(5);
            }
            assertThat(ask(frontend, "www.example.net", false).getRcode())
                    .isEqualTo(Rcode.SERVFAIL);
            assertThat(ask(frontend, "web.mesos", false).getRcode()).isEqualTo(Rcode.NOERROR);
            open.countDown();
            assertThat(Oracle.text(first.get(60, TimeUnit.SECONDS))).contains("192.0.2.80");
            assertThat(ask(frontend, "www.example.net", false).getRcode()).isEqualTo(Rcode.NOERROR);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
