package io.meridian.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;
import io.meridian.dns.PortPair;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Forwarding to upstreams that work and to upstreams that fail in each known way. */
@Timeout(120)
class ForwardTest {
    private static final String WEB = "web.mesos A 10.0.0.1";

    private static List<byte[]> answer(Message question) {
        return List.of(Replies.address(question, "192.0.2.80").toWire());
    }

    private static List<byte[]> code(Message question, int rcode) {
        return List.of(Replies.of(question, rcode).toWire());
    }

    private static String upstreams(FakeUpstream... upstreams) {
        return Stream.of(upstreams)
                .map(upstream -> "\"" + upstream.address() + "\"")
                .collect(Collectors.joining(",", "upstreams = [", "]\n"));
    }

    private static DnsFrontend frontend(String settings, FakeUpstream... upstreams) {
        return Frontends.serving(upstreams(upstreams) + settings, WEB, "");
    }

    private static Message ask(DnsFrontend frontend, String name, boolean tcp) throws IOException {
        return (tcp ? Frontends.tcp(frontend) : Frontends.udp(frontend))
                .send(Oracle.question(name, Type.A));
    }

    private static Message ask(DnsFrontend frontend, String name) {
        try {
            return ask(frontend, name, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks over UDP once, without a retry over TCP if the reply is truncated. */
    private static Message once(DnsFrontend frontend, Message question) throws IOException {
        var udp = Frontends.udp(frontend);
        udp.setIgnoreTruncation(true);
        return udp.send(question);
    }

    private static UpstreamStatus status(DnsFrontend frontend, FakeUpstream upstream) {
        return frontend.status().forward().upstreams().stream()
                .filter(s -> upstream.address().endsWith(":" + s.address().getPort()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aNameOutsideOwnZonesIsForwardedOverTheSameTransport() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend = frontend("", upstream)) {
            for (boolean tcp : new boolean[] {false, true}) {
                String name = tcp ? "tcp.example.org" : "udp.example.org";
                Message reply = ask(frontend, name, tcp);
                assertThat(Oracle.text(reply))
                        .isEqualTo("NOERROR qr rd\nanswer " + name + ". 300 A 192.0.2.80\n");
                assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
            }
            Message own = ask(frontend, "web.mesos");
            assertThat(own.getHeader().getFlag(Flags.AA)).isTrue();
            assertThat(own.getHeader().getFlag(Flags.RA)).isTrue();
            assertThat(upstream.asked).hasSize(2);
            assertThat(upstream.askedOverTcp).hasSize(1);
            assertThat(frontend.status().forwarded()).isEqualTo(2);
            assertThat(frontend.status().forwardFailures()).isZero();
        }
    }

    @Test
    void forwardedQueriesHaveNewIdsAndRepliesTheClientsId() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend = frontend("", upstream)) {
            for (int i = 0; i < 5; i++) {
                Message question = Oracle.question("www" + i + ".example.org", Type.A);
                question.getHeader().setID(77);
                assertThat(Frontends.udp(frontend).send(question).getHeader().getID())
                        .isEqualTo(77);
            }
            assertThat(upstream.asked.stream().map(m -> m.getHeader().getID()).distinct().count())
                    .isGreaterThan(1);
        }
    }

    @Test
    void forgedRepliesAreIgnored() throws IOException {
        try (FakeUpstream upstream =
                        new FakeUpstream(
                                question -> {
                                    Message wrongId = Replies.address(question, "192.0.2.66");
                                    wrongId.getHeader().setID(question.getHeader().getID() ^ 1);
                                    Message wrongName =
                                            Replies.address(
                                                    Oracle.question("vvv.example.org", Type.A),
                                                    "192.0.2.66");
                                    wrongName.getHeader().setID(question.getHeader().getID());
                                    Message wrongType =
                                            Replies.of(
                                                    Oracle.question("www.example.org", Type.AAAA),
                                                    Rcode.NXDOMAIN);
                                    wrongType.getHeader().setID(question.getHeader().getID());
                                    Message noReply = Replies.address(question, "192.0.2.66");
                                    noReply.getHeader().unsetFlag(Flags.QR);
                                    return List.of(
                                            new byte[3],
                                            wrongId.toWire(),
                                            wrongName.toWire(),
                                            wrongType.toWire(),
                                            noReply.toWire(),
                                            Replies.address(question, "192.0.2.80").toWire());
                                });
                DnsFrontend frontend = frontend("", upstream)) {
            assertThat(Oracle.text(ask(frontend, "www.example.org"))).contains("192.0.2.80");
        }
    }

    @Test
    void clientOptionsAreNotForwarded() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend = frontend("", upstream)) {
            Message question = Oracle.question("www.example.org", Type.A);
            question.getHeader().setFlag(Flags.CD);
            question.getHeader().setFlag(Flags.AD);
            question.addRecord(
                    new OPTRecord(
                            4096,
                            0,
                            0,
                            ExtendedFlags.DO,
                            List.of(
                                    new GenericEDNSOption(3, new byte[0]), // NSID
                                    new GenericEDNSOption(8, new byte[] {0, 1, 24, 0, 10, 0, 0}),
                                    new GenericEDNSOption(10, new byte[8]))), // cookie
                    Section.ADDITIONAL);
            Message reply = Frontends.udp(frontend).send(question);
            assertThat(reply.getHeader().getFlag(Flags.CD)).isTrue();
            assertThat(reply.getHeader().getFlag(Flags.AD)).isFalse();
            assertThat(reply.getOPT().getPayloadSize()).isEqualTo(1232);
            Message sent = upstream.asked.getFirst();
            assertThat(sent.getOPT().getPayloadSize()).isEqualTo(1232);
            assertThat(sent.getOPT().getOptions()).isEmpty();
            assertThat(sent.getOPT().getFlags() & ExtendedFlags.DO).isNotZero();
            assertThat(sent.getHeader().getFlag(Flags.CD)).isTrue();
            assertThat(sent.getHeader().getFlag(Flags.RD)).isTrue();
            assertThat(sent.getHeader().getFlag(Flags.AD)).isFalse();

            Message plain = ask(frontend, "plain.example.org");
            assertThat(plain.getOPT()).isNull();
            assertThat(upstream.asked.getLast().getOPT().getFlags()).isZero();
        }
    }

    @Test
    void adIsPassedOnOnlyFromTrustedUpstreamsOnRequest() throws IOException {
        try (FakeUpstream validating =
                new FakeUpstream(
                        question -> {
                            Message reply = Replies.address(question, "192.0.2.80");
                            reply.getHeader().setFlag(Flags.AD);
                            return List.of(reply.toWire());
                        })) {
            Message asking = Oracle.question("www.example.org", Type.A);
            asking.getHeader().setFlag(Flags.AD);
            try (DnsFrontend frontend = frontend("forward.trust-ad = true", validating)) {
                assertThat(once(frontend, asking).getHeader().getFlag(Flags.AD)).isTrue();
                assertThat(ask(frontend, "www.example.org").getHeader().getFlag(Flags.AD))
                        .isFalse();
                assertThat(validating.asked.getFirst().getHeader().getFlag(Flags.AD)).isTrue();
            }
            try (DnsFrontend frontend = frontend("", validating)) {
                assertThat(once(frontend, asking).getHeader().getFlag(Flags.AD)).isFalse();
            }
        }
    }

    @Test
    void oneDeadUpstreamOfThreeLosesNoAnswer() throws IOException {
        try (FakeUpstream silent = new FakeUpstream(_ -> List.of());
                FakeUpstream one = new FakeUpstream(ForwardTest::answer);
                FakeUpstream two = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend = frontend("forward.timeout = 300 ms", silent, one, two)) {
            for (int i = 0; i < 100; i++) {
                assertThat(Oracle.text(ask(frontend, "n" + i + ".example.org", i % 10 == 0)))
                        .contains("192.0.2.80");
            }
            assertThat(one.asked.size() + two.asked.size()).isGreaterThanOrEqualTo(100);
        }
    }

    @Test
    void aDeadUpstreamGetsFewerQueries() throws Exception {
        try (FakeUpstream silent = new FakeUpstream(_ -> List.of());
                FakeUpstream one = new FakeUpstream(ForwardTest::answer);
                FakeUpstream two = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend =
                        frontend(
                                "forward.timeout = 50 ms, forward.failure-half-life = 1 h",
                                silent,
                                one,
                                two)) {
            for (int i = 0; status(frontend, silent).failures().isEmpty(); i++) {
                ask(frontend, "before" + i + ".example.org");
            }
            while (status(frontend, silent).failures().getOrDefault(Failure.TIMEOUT, 0L)
                    < status(frontend, silent).udpQueries()) {
                Thread.sleep(5);
            }
            int before = silent.asked.size();
            for (int i = 0; i < 50; i++) {
                ask(frontend, "after" + i + ".example.org");
            }
            // About 50 pairs omit the dead upstream; on a stalled machine a live one may be late
            // too.
            assertThat(silent.asked.size() - before).isLessThan(25);
            assertThat(status(frontend, silent).recentFailures()).isGreaterThan(0.9);
        }
    }

    @Test
    void withoutUpstreamsClientsGetServfailAndOwnZonesAnswer() throws IOException {
        String refusing = "\"" + PortPair.text(PortPair.free()) + "\"";
        try (FakeUpstream silent = new FakeUpstream(_ -> List.of());
                DnsFrontend frontend =
                        Frontends.serving(
                                "forward { timeout = 200 ms, total-timeout = 1 s }, upstreams = ["
                                        + refusing
                                        + ",\""
                                        + silent.address()
                                        + "\"]",
                                WEB,
                                "")) {
            for (boolean tcp : new boolean[] {false, true}) {
                Message reply = ask(frontend, tcp + ".example.org", tcp);
                assertThat(reply.getRcode()).isEqualTo(Rcode.SERVFAIL);
                assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
                assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
                assertThat(reply.getQuestion().getName()).hasToString(tcp + ".example.org.");
                assertThat(ask(frontend, "web.mesos", tcp).getRcode()).isEqualTo(Rcode.NOERROR);
            }
            assertThat(frontend.status().forwardFailures()).isEqualTo(2);
            assertThat(status(frontend, silent).failures()).containsKey(Failure.TIMEOUT);
            assertThat(frontend.status().forward().upstreams().getFirst().failures())
                    .containsKey(Failure.UNREACHABLE);
        }
    }

    @Test
    void failuresAreCached() throws IOException {
        try (FakeUpstream failing = new FakeUpstream(q -> code(q, Rcode.SERVFAIL));
                DnsFrontend frontend = frontend("cache.failure-ttl = 5 s", failing)) {
            assertThat(ask(frontend, "www.example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(ask(frontend, "www.example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(failing.asked).hasSize(1);
        }
    }

    @Test
    void aGoodAnswerIsPreferredToAFastError() throws IOException {
        for (int rcode : new int[] {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.FORMERR, Rcode.NOTIMP}) {
            CountDownLatch erred = new CountDownLatch(1);
            try (FakeUpstream fast =
                            new FakeUpstream(
                                    q -> {
                                        erred.countDown();
                                        return code(q, rcode);
                                    });
                    FakeUpstream slow =
                            new FakeUpstream(
                                    q -> {
                                        await(erred);
                                        return answer(q);
                                    });
                    DnsFrontend frontend = frontend("", fast, slow)) {
                assertThat(Oracle.text(ask(frontend, "www.example.org"))).contains("192.0.2.80");
            }
        }
    }

    @Test
    void anErrorIsPassedOnIfNoUpstreamAnswers() throws IOException {
        try (FakeUpstream refusing = new FakeUpstream(q -> code(q, Rcode.REFUSED));
                FakeUpstream silent = new FakeUpstream(_ -> List.of());
                DnsFrontend frontend = frontend("forward.timeout = 100 ms", refusing, silent)) {
            Message reply = ask(frontend, "www.example.org");
            assertThat(reply.getRcode()).isEqualTo(Rcode.REFUSED);
            assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
            assertThat(status(frontend, refusing).failures()).containsKey(Failure.REFUSED);
        }
    }

    @Test
    void nxdomainIsAGoodAnswer() throws IOException {
        try (FakeUpstream denying = new FakeUpstream(q -> code(q, Rcode.NXDOMAIN));
                FakeUpstream silent = new FakeUpstream(_ -> List.of());
                DnsFrontend frontend = frontend("", denying, silent)) {
            assertThat(ask(frontend, "www.example.org").getRcode()).isEqualTo(Rcode.NXDOMAIN);
        }
    }

    @Test
    void aReferralIsAFailure() throws IOException {
        CountDownLatch erred = new CountDownLatch(1);
        try (FakeUpstream referring =
                        new FakeUpstream(
                                question -> {
                                    Message reply = Replies.of(question, Rcode.NOERROR);
                                    reply.getHeader().unsetFlag(Flags.RA);
                                    Replies.with(
                                            reply, Section.AUTHORITY, "org 300 NS a.root.invalid.");
                                    erred.countDown();
                                    return List.of(reply.toWire());
                                });
                FakeUpstream slow =
                        new FakeUpstream(
                                q -> {
                                    await(erred);
                                    return answer(q);
                                });
                DnsFrontend frontend = frontend("", referring, slow)) {
            assertThat(Oracle.text(ask(frontend, "www.example.org"))).contains("192.0.2.80");
        }
    }

    @Test
    void aMalformedReplyWithTheQuestionIsAFailure() throws IOException {
        try (FakeUpstream garbled =
                        new FakeUpstream(
                                question -> {
                                    byte[] reply = Replies.address(question, "192.0.2.66").toWire();
                                    reply[reply.length - 5] = 9; // RDATA reaches beyond the end
                                    return List.of(reply);
                                });
                DnsFrontend frontend = frontend("", garbled)) {
            assertThat(ask(frontend, "www.example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(status(frontend, garbled).failures()).containsKey(Failure.MALFORMED);
        }
    }

    @Test
    void anUpstreamWithoutEdnsIsQueriedWithoutIt() throws IOException {
        for (boolean bare : new boolean[] {false, true}) {
            try (FakeUpstream old =
                            new FakeUpstream(
                                    question -> {
                                        if (question.getOPT() == null) {
                                            return answer(question);
                                        }
                                        byte[] error = Replies.of(question, Rcode.FORMERR).toWire();
                                        if (!bare) {
                                            return List.of(error);
                                        }
                                        byte[] header = Arrays.copyOf(error, 12);
                                        header[5] = 0;
                                        return List.of(header);
                                    });
                    DnsFrontend frontend = frontend("", old)) {
                assertThat(Oracle.text(ask(frontend, "www.example.org"))).contains("192.0.2.80");
            }
        }
    }

    private static Message many(Message question, int count) {
        Message reply = Replies.of(question, Rcode.NOERROR);
        String name = question.getQuestion().getName().toString();
        for (int i = 0; i < count; i++) {
            Replies.with(reply, Section.ANSWER, name + " 300 A 10.9.0." + i);
        }
        return reply;
    }

    /** A reply that is truncated over UDP and complete over TCP. */
    private static List<byte[]> cut(Message question, boolean tcp) {
        if (tcp) {
            return List.of(many(question, 50).toWire());
        }
        Message reply = many(question, 1);
        reply.getHeader().setFlag(Flags.TC);
        return List.of(reply.toWire());
    }

    @Test
    void aTruncatedReplyIsFetchedOverTcpAndFittedToEachClient() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::cut);
                DnsFrontend frontend = frontend("", upstream)) {
            Message question = Oracle.question("www.example.org", Type.A);
            Message small = once(frontend, question);
            assertThat(small.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(small.numBytes()).isLessThanOrEqualTo(512);
            assertThat(small.getSection(Section.ANSWER)).hasSizeBetween(25, 30);

            question.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
            Message large = once(frontend, question);
            assertThat(large.getHeader().getFlag(Flags.TC)).isFalse();
            assertThat(large.getSection(Section.ANSWER)).hasSize(50);

            assertThat(ask(frontend, "www.example.org", true).getSection(Section.ANSWER))
                    .hasSize(50);
            assertThat(upstream.asked)
                    .hasSize(2); // UDP, TCP; then the cache has the complete answer
        }
    }

    @Test
    void aTcpReplyCutOffGivesTheUdpAnswerOrServfailOverTcp() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::cut);
                DnsFrontend frontend = frontend("forward.timeout = 1 s", upstream)) {
            upstream.tcpBytes = 100;
            Message udp = once(frontend, Oracle.question("www.example.org", Type.A));
            assertThat(udp.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(udp.getSection(Section.ANSWER)).hasSize(1);
            assertThat(status(frontend, upstream).failures()).containsKey(Failure.TRUNCATED);
            assertThat(ask(frontend, "tcp.example.org", true).getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(status(frontend, upstream).failures()).containsKey(Failure.BROKEN);
        }
    }

    @Test
    void repliesMustRepeatTheRandomCaseOfTheQuery() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                FakeUpstream lower =
                        new FakeUpstream(
                                q -> {
                                    Message same = Oracle.question("www.example.org", Type.A);
                                    same.getHeader().setID(q.getHeader().getID());
                                    return List.of(Replies.address(same, "192.0.2.66").toWire());
                                });
                DnsFrontend frontend =
                        frontend(
                                "forward.random-case = true, forward.timeout = 500 ms,"
                                        + " cache.size = 0",
                                upstream,
                                lower)) {
            for (int i = 0; i < 5; i++) {
                // fails by chance once in 2^13 tries, when all letters are sent in lower case
                Message reply = ask(frontend, "wWw.example.ORG");
                assertThat(Oracle.text(reply)).contains("answer wWw.example.ORG. 300 A 192.0.2.80");
            }
            assertThat(
                            upstream.asked.stream()
                                    .map(m -> m.getQuestion().getName().toString())
                                    .distinct()
                                    .count())
                    .isGreaterThan(1);
        }
    }

    @Test
    void hugeTtlsAreCapped() throws IOException {
        try (FakeUpstream upstream =
                        new FakeUpstream(
                                q ->
                                        List.of(
                                                Replies.with(
                                                                Replies.of(q, 0),
                                                                Section.ANSWER,
                                                                "www.example.org 2147483647 A"
                                                                        + " 192.0.2.80")
                                                        .toWire()));
                DnsFrontend frontend = frontend("cache.max-ttl = 1 h", upstream)) {
            for (int i = 0; i < 2; i++) {
                assertThat(
                                ask(frontend, "www.example.org")
                                        .getSection(Section.ANSWER)
                                        .getFirst()
                                        .getTTL())
                        .isBetween(3500L, 3600L);
            }
        }
    }

    @Test
    void cachedAnswersHaveTheSpellingOfTheClient() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend = frontend("", upstream)) {
            ask(frontend, "www.example.org");
            Message second = ask(frontend, "WWW.example.ORG");
            assertThat(second.getQuestion().getName()).hasToString("WWW.example.ORG.");
            assertThat(second.getSection(Section.ANSWER).getFirst().getTTL()).isBetween(200L, 299L);
            assertThat(second.getHeader().getFlag(Flags.RA)).isTrue();
            assertThat(upstream.asked).hasSize(1);
            ForwardStatus status = frontend.status().forward();
            assertThat(status.hits()).isEqualTo(1);
            assertThat(status.misses()).isEqualTo(1);
            assertThat(status.cached()).isEqualTo(1);
        }
    }

    @Test
    void concurrentEqualQueriesAreForwardedOnce() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        try (FakeUpstream slow =
                        new FakeUpstream(
                                q -> {
                                    await(open);
                                    return answer(q);
                                });
                DnsFrontend frontend =
                        frontend(
                                "forward { hedge-delay = 60 s, timeout = 60 s, total-timeout = 60 s"
                                        + " }",
                                slow)) {
            List<CompletableFuture<Message>> clients =
                    IntStream.range(0, 20)
                            .mapToObj(
                                    _ ->
                                            CompletableFuture.supplyAsync(
                                                    () -> ask(frontend, "www.example.org"),
                                                    task -> Thread.ofVirtual().start(task)))
                            .toList();
            while (frontend.status().forward().misses() < 20) {
                Thread.sleep(5);
            }
            open.countDown();
            for (var client : clients) {
                assertThat(Oracle.text(client.get(60, TimeUnit.SECONDS))).contains("192.0.2.80");
            }
            assertThat(slow.asked).hasSize(1);
            assertThat(frontend.status().forward().coalesced()).isEqualTo(19);
        }
    }

    @Test
    void anExpiredAnswerIsServedIfUpstreamsFail() throws Exception {
        AtomicBoolean silent = new AtomicBoolean();
        try (FakeUpstream upstream =
                        new FakeUpstream(
                                q ->
                                        silent.get()
                                                ? List.of()
                                                : List.of(
                                                        Replies.with(
                                                                        Replies.of(q, 0),
                                                                        Section.ANSWER,
                                                                        "www.example.org 1 A"
                                                                                + " 192.0.2.1")
                                                                .toWire()));
                DnsFrontend frontend =
                        frontend(
                                "cache.stale-after = 100 ms, forward { timeout = 1 s, total-timeout"
                                        + " = 1 s, hedge-delay = 10 s }",
                                upstream)) {
            assertThat(Oracle.text(ask(frontend, "www.example.org"))).contains("192.0.2.1");
            silent.set(true);
            while (upstream.asked.size() < 2) { // until the entry has expired and is fetched again
                assertThat(Oracle.text(ask(frontend, "www.example.org"))).contains("192.0.2.1");
                Thread.sleep(50);
            }
            assertThat(frontend.status().forward().stale()).isPositive();
            assertThat(frontend.status().forwardFailures()).isZero();
        }
    }

    @Test
    void theLongestSuffixChoosesTheServers() throws IOException {
        try (FakeUpstream general = new FakeUpstream(ForwardTest::answer);
                FakeUpstream corp = new FakeUpstream(ForwardTest::answer);
                FakeUpstream team = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend =
                        frontend(
                                "forward-zones { \"corp.example\" = [\""
                                        + corp.address()
                                        + "\"], \"team.mesos\" = [\""
                                        + team.address()
                                        + "\"] }",
                                general)) {
            ask(frontend, "www.example.org");
            ask(frontend, "a.Corp.example");
            ask(frontend, "notcorp.example");
            ask(frontend, "x.team.mesos");
            assertThat(ask(frontend, "web.mesos").getHeader().getFlag(Flags.AA)).isTrue();
            assertThat(ask(frontend, "x.thisdcos.directory").getRcode()).isEqualTo(Rcode.REFUSED);
            Message signer = once(frontend, Oracle.question("web.mesos", Type.DS));
            assertThat(signer.getHeader().getFlag(Flags.AA)).isTrue();
            assertThat(corp.asked).hasSize(1);
            assertThat(team.asked).hasSize(1);
            assertThat(general.asked).hasSize(2);
        }
    }

    @Test
    void clientsWithoutRecursionGetOwnZonesOnly() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend =
                        frontend(
                                "recursion.allow = [\"192.0.2.0/24\"], forward-zones {"
                                        + " \"team.mesos\" = [\""
                                        + upstream.address()
                                        + "\"] }",
                                upstream)) {
            for (boolean tcp : new boolean[] {false, true}) {
                for (String name : List.of("www.example.org", "x.team.mesos")) {
                    Message refused = ask(frontend, name, tcp);
                    assertThat(refused.getRcode()).isEqualTo(Rcode.REFUSED);
                    assertThat(refused.getHeader().getFlag(Flags.RA)).isFalse();
                }
                Message own = ask(frontend, "web.mesos", tcp);
                assertThat(own.getRcode()).isEqualTo(Rcode.NOERROR);
                assertThat(own.getHeader().getFlag(Flags.RA)).isFalse();
            }
            assertThat(upstream.asked).isEmpty();
            assertThat(frontend.status().forwarded()).isZero();
        }
    }

    @Test
    void aQueryOverTheLimitFailsAtOnceAndOwnNamesAreAnswered() throws Exception {
        for (String limit :
                List.of("forward.max-pending = 1", "forward.max-pending-per-client = 1")) {
            CountDownLatch open = new CountDownLatch(1);
            try (FakeUpstream slow =
                            new FakeUpstream(
                                    q -> {
                                        await(open);
                                        return answer(q);
                                    });
                    DnsFrontend frontend =
                            frontend(
                                    limit
                                            + ", forward.timeout = 60 s, forward.total-timeout ="
                                            + " 60 s",
                                    slow)) {
                CompletableFuture<Message> first =
                        CompletableFuture.supplyAsync(() -> ask(frontend, "www.example.org"));
                while (slow.asked.isEmpty()) {
                    Thread.sleep(5);
                }
                assertThat(ask(frontend, "www.example.net").getRcode()).isEqualTo(Rcode.SERVFAIL);
                assertThat(ask(frontend, "web.mesos").getRcode()).isEqualTo(Rcode.NOERROR);
                open.countDown();
                assertThat(Oracle.text(first.get(60, TimeUnit.SECONDS))).contains("192.0.2.80");
                while (ask(frontend, "www.example.net").getRcode() != Rcode.NOERROR) {
                    Thread.sleep(5); // the server frees the place after it has sent the reply
                }
            }
        }
    }

    /** Two servers that each forward to the other. */
    @Test
    void aForwardingLoopEnds() throws IOException {
        String second = PortPair.text(PortPair.free());
        String limits = "forward { timeout = 300 ms, total-timeout = 500 ms }\n";
        try (DnsFrontend one =
                        Frontends.serving(limits + "upstreams = [\"" + second + "\"]", WEB, "");
                DnsFrontend two =
                        DnsFrontend.start(
                                Frontends.settings(
                                        limits
                                                + "listen = [\""
                                                + second
                                                + "\"], upstreams = [\"127.0.0.1:"
                                                + Frontends.address(one).getPort()
                                                + "\"]"))) {
            assertThat(ask(one, "www.example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(one.status().forward().upstreams().getFirst().udpQueries())
                    .isLessThanOrEqualTo(2);
            assertThat(two.status().forward().upstreams().getFirst().udpQueries())
                    .isLessThanOrEqualTo(4);
            assertThat(ask(one, "web.mesos").getRcode()).isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    void answersWithoutRecursionDesiredAreCachedApart() throws IOException {
        try (FakeUpstream upstream =
                        new FakeUpstream(
                                q ->
                                        q.getHeader().getFlag(Flags.RD)
                                                ? answer(q)
                                                : code(q, Rcode.REFUSED));
                DnsFrontend frontend = frontend("", upstream)) {
            Message notDesired = Oracle.question("www.example.org", Type.A);
            notDesired.getHeader().unsetFlag(Flags.RD);
            assertThat(once(frontend, notDesired).getRcode()).isEqualTo(Rcode.REFUSED);
            assertThat(ask(frontend, "www.example.org").getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(once(frontend, notDesired).getRcode()).isEqualTo(Rcode.REFUSED);
        }
    }

    @Test
    void forwardedAnswersCountForTheRateLimit() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(ForwardTest::answer);
                DnsFrontend frontend =
                        frontend(
                                "rate-limit { positive = 1, slip = 1, exempt = [] }\n", upstream)) {
            Message question = Oracle.question("www.example.org", Type.A);
            Message whole = once(frontend, question); // forwarded
            assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
            Message reply = whole;
            for (int i = 0; i < 100 && !reply.getHeader().getFlag(Flags.TC); i++) {
                reply = once(frontend, question); // from the cache
            }
            assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(reply.getSection(Section.ANSWER)).isEmpty();
            assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(frontend.status().rateSlipped()).isPositive();
        }
    }

    @Test
    void allTypesExceptTransfersAreForwarded() throws IOException {
        try (FakeUpstream upstream = new FakeUpstream(q -> code(q, Rcode.NXDOMAIN));
                DnsFrontend frontend = frontend("", upstream)) {
            List<Integer> types = List.of(Type.MX, Type.DS, Type.HTTPS, Type.ANY, 65280);
            for (int type : types) {
                Message question = Oracle.question("www.example.org", type);
                assertThat(once(frontend, question).getRcode()).isEqualTo(Rcode.NXDOMAIN);
            }
            assertThat(upstream.asked.stream().map(m -> m.getQuestion().getType()).toList())
                    .isEqualTo(types);
            Message transfer = Oracle.question("example.org", Type.IXFR);
            assertThat(once(frontend, transfer).getRcode()).isEqualTo(Rcode.REFUSED);
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
