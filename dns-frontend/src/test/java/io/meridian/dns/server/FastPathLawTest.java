package io.meridian.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import io.meridian.dns.Oracle;
import io.meridian.dns.Zones;
import io.meridian.dns.answer.Aliases;
import io.meridian.dns.answer.AnswerOrder;
import io.meridian.dns.answer.AnswerRules;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.answer.FastAnswerer;
import io.meridian.dns.answer.NodeZones;
import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneProfile;
import io.meridian.dns.limit.RateLimits;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.MessageWriter;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The fast path gives the reply of the slow path, or leaves the query to it. */
class FastPathLawTest {
    private static final int UDP_SIZE = 1232;
    private static final RateLimits LOW_RATE =
            new RateLimits(5, 5, 5, Duration.ofSeconds(1), 2, 24, 56, 1 << 4, List.of());
    private static final List<String> NAMES =
            List.of(
                    "a.mesos",
                    "b.a.mesos",
                    "c.b.a.mesos",
                    "web.marathon.mesos",
                    "web-iffe9-s0.marathon.mesos",
                    "_web._tcp.marathon.mesos",
                    "x.ns1.mesos",
                    "alias.mesos");
    private static final List<String> OTHERS =
            List.of(
                    "mesos",
                    "ns1.mesos",
                    "root.ns1.mesos",
                    "y.xns1.mesos",
                    "y.root.ns1.mesos",
                    "marathon.mesos",
                    "_tcp.marathon.mesos",
                    "no.mesos",
                    "below.no.mesos",
                    "below.web.marathon.mesos",
                    "web.*.marathon.mesos",
                    "*.marathon.mesos",
                    "example.org",
                    "xmesos",
                    "v.marathon.l4lb.thisdcos.directory",
                    "no.l4lb.thisdcos.directory",
                    "ns.spartan",
                    "web.marathon.mesos.thisdcos.directory",
                    "_web._tcp.marathon.mesos.thisdcos.directory",
                    "no.mesos.thisdcos.directory",
                    "x.c.thisdcos.directory",
                    "y.c.thisdcos.directory",
                    "v.marathon.dclb.thisdcos.directory",
                    "v.marathon.l4lb.thisdcos.global",
                    "v.marathon.l4lb.abc.dcos.directory");
    private static final List<String> TYPES =
            List.of(
                    "A", "A", "AAAA", "SRV", "SRV", "TXT", "PTR", "CNAME", "SOA", "NS", "MX", "DS",
                    "HTTPS", "ANY", "AXFR");

    private final Random slowRandom = new Random();
    private final Random fastRandom = new Random();
    private final InetSocketAddress client =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 5353);
    private final byte[] buffer = new byte[UDP_SIZE];

    /** Task and VIP zones, a mirror of the tasks, a custom zone of CNAMEs, and aliases. */
    private static DnsImage image(String zone) {
        List<Zone> zones =
                new ArrayList<>(Zones.image(zone, "v.marathon 11.0.0.1 10.0.0.1").zones());
        Zone mesos =
                zones.stream()
                        .filter(z -> z.profile().key().equals("mesos"))
                        .findFirst()
                        .orElseThrow();
        zones.add(
                mesos.view(
                        ZoneProfile.mirror(
                                NodeZones.MESOS, new ZoneProfile.Part("mesos", "mesos"))));
        zones.add(
                NodeZones.custom(
                        "c", new TreeMap<>(Map.of("x", DnsName.literal("web.marathon.mesos.")))));
        return new DnsImage(zones, new AnswerRules(Aliases.of("abc"), false));
    }

    /** Asserts equal replies of both paths; false if the fast path leaves the packet. */
    private boolean same(DnsImage image, byte[] packet, int length, long seed) {
        AnswerOrder order = seed % 2 == 0 ? AnswerOrder.RANDOM : AnswerOrder.ROUND_ROBIN;
        QueryHandler handler = Handlers.handler(image, UDP_SIZE, order, slowRandom);
        FastAnswerer fast = new FastAnswerer(UDP_SIZE, List.of(), order, fastRandom);
        slowRandom.setSeed(seed);
        fastRandom.setSeed(seed);
        byte[] copy = packet.clone();
        int fastLength = fast.answer(image, copy, length, false, buffer);
        assertThat(copy).isEqualTo(packet);
        if (fastLength == FastAnswerer.FALL_BACK) {
            return false;
        }
        MessageWriter writer = handler.writer();
        Outcome outcome =
                handler.handle(new Request(packet, length, new Peer(client, false)), writer);
        assertThat(outcome).isInstanceOf(Outcome.Reply.class);
        byte[] slowReply = Arrays.copyOf(writer.buffer(), ((Outcome.Reply) outcome).length());
        byte[] fastReply = Arrays.copyOf(buffer, fastLength);
        assertThat(text(fastReply)).isEqualTo(text(slowReply));
        assertThat(fastReply).hasSameSizeAs(slowReply);
        assertThat(Arrays.copyOf(fastReply, 12)).isEqualTo(Arrays.copyOf(slowReply, 12));
        assertThat(fast.truncated()).isEqualTo(writer.truncated());
        return true;
    }

    /**
     * All records in order and with their spelling, except for owners of additional records: those
     * may point to any equal target name.
     */
    private static String text(byte[] reply) {
        Message message = Oracle.parse(reply);
        return message.getHeader()
                + message.getQuestion().toString()
                + text(message, Section.ANSWER)
                + text(message, Section.AUTHORITY)
                + text(message, Section.ADDITIONAL).toLowerCase(Locale.ROOT);
    }

    private static String text(Message message, int section) {
        return message.getSection(section).stream()
                .map(Record::toString)
                .collect(Collectors.joining("\n", "\n-- " + section + "\n", ""));
    }

    @Property(tries = 2000)
    void fastAndSlowPathAnswerAlike(
            @ForAll("zones") String zone, @ForAll("questions") byte[] question, @ForAll long seed) {
        same(image(zone), question, question.length, seed);
    }

    @Property(tries = 2000)
    void fastAndSlowPathAnswerDamagedPacketsAlike(
            @ForAll("zones") String zone, @ForAll("questions") byte[] question, @ForAll long seed) {
        DnsImage image = image(zone);
        Random random = new Random(seed);
        byte[] packet = Arrays.copyOf(question, question.length + random.nextInt(4));
        for (int i = random.nextInt(3); i >= 0; i--) {
            packet[random.nextInt(packet.length)] = (byte) random.nextInt();
        }
        int length = random.nextInt(4) > 0 ? packet.length : random.nextInt(packet.length + 1);
        same(image, packet, length, seed);
        byte[] garbage = new byte[random.nextInt(60)];
        random.nextBytes(garbage);
        same(image, garbage, garbage.length, seed);
    }

    @Test
    void commonQueriesAreAnsweredByTheFastPath() {
        DnsImage image =
                Zones.image(
                        """
                        web.marathon.mesos A 10.0.0.1
                        web.marathon.mesos A 10.0.0.2
                        web.marathon.mesos AAAA 2001:db8::1
                        web.marathon.mesos TXT "one"
                        p.mesos PTR web.marathon.example.
                        web-s0.marathon.mesos A 10.0.0.1
                        web-s0.marathon.mesos AAAA 2001:db8::1
                        _web._tcp.marathon.mesos SRV 0 1 31000 web-s0.marathon.mesos.
                        _web._tcp.marathon.mesos SRV 0 1 31001 WEB-s0.marathon.mesos.
                        _web._tcp.marathon.mesos SRV 0 1 31001 www.example.org.
                        """,
                        "v.marathon 11.0.0.1 10.0.0.1");
        for (String question :
                List.of(
                        "web.marathon.mesos A",
                        "wEb.MaraThon.mesos A",
                        "web.marathon.mesos AAAA",
                        "web.marathon.mesos TXT",
                        "web.marathon.mesos MX",
                        "p.mesos PTR",
                        "_web._tcp.marathon.mesos SRV",
                        "_web._tcp.marathon.mesos A",
                        "marathon.mesos A",
                        "nobody.marathon.mesos A",
                        "v.marathon.l4lb.thisdcos.directory A",
                        "no.l4lb.thisdcos.directory SRV")) {
            String[] parts = question.split(" ");
            Message message = Oracle.question(parts[0], Type.value(parts[1]));
            byte[] plain = message.toWire();
            assertThat(same(image, plain, plain.length, 7)).as(question).isTrue();
            message.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
            byte[] edns = message.toWire();
            assertThat(same(image, edns, edns.length, 7)).as("%s with EDNS", question).isTrue();
        }
    }

    @Test
    void fastAndSlowPathTruncateAlike() {
        String many =
                IntStream.range(0, 300)
                        .mapToObj(
                                i ->
                                        "_x._tcp.mesos SRV 0 1 "
                                                + i
                                                + " "
                                                + "t".repeat(1 + i % 7)
                                                + ".mesos.\nbig.mesos A 10.1.1."
                                                + i % 256)
                        .collect(Collectors.joining("\n"));
        String targets =
                Stream.of("t", "tt", "ttt", "tttt")
                        .map(name -> name + ".mesos A 10.0.0.1\n" + name + ".mesos AAAA ::1")
                        .collect(Collectors.joining("\n"));
        for (int count : new int[] {1, 10, 20, 28, 29, 30, 40, 60, 100, 400, 600}) {
            DnsImage image =
                    Zones.image(
                            targets
                                    + "\n"
                                    + many.lines().limit(count).collect(Collectors.joining("\n")),
                            "");
            for (int size : new int[] {0, 512, 700, 1232, 4096}) {
                for (String question : List.of("_x._tcp.mesos SRV", "big.mesos A")) {
                    String[] parts = question.split(" ");
                    Message message = Oracle.question(parts[0], Type.value(parts[1]));
                    if (size > 0) {
                        message.addRecord(new OPTRecord(size, 0, 0), Section.ADDITIONAL);
                    }
                    byte[] packet = message.toWire();
                    assertThat(same(image, packet, packet.length, count * 31L + size))
                            .as("%s of %d in %d", question, count, size)
                            .isTrue();
                }
            }
        }
    }

    /** Compares two servers with equal limits; one has the slow path only. */
    @Property(tries = 300)
    void theRateLimiterDecidesAlikeOnFastAndSlowPath(
            @ForAll("zones") String zone, @ForAll("asked") List<byte[]> asked, @ForAll long seed) {
        DnsImage image = image(zone);
        RateLimits limits =
                new RateLimits(3, 2, 1, Duration.ofSeconds(1), 2, 24, 56, 1 << 4, List.of());
        AtomicLong now = new AtomicLong();
        Counters fastCounters = new Counters();
        Counters slowCounters = new Counters();
        UdpResponder fast =
                new UdpResponder(limited(image, limits, now, fastCounters), fastCounters);
        QueryHandler slow = limited(image, limits, now, slowCounters);
        MessageWriter writer = slow.writer();
        Random random = new Random(seed);
        for (byte[] packet : asked) {
            now.addAndGet(random.nextInt(200_000_000));
            InetSocketAddress from =
                    new InetSocketAddress(
                            InetAddress.ofLiteral(
                                    random.nextBoolean() ? "192.0.2.1" : "2001:db8::1"),
                            5353);
            int length = fast.respond(packet, packet.length, Handlers.client(from));
            Request request = new Request(packet, packet.length, new Peer(from, false));
            switch (slow.handle(request, writer)) {
                case Outcome.Reply(int slowLength) -> {
                    assertThat(text(Arrays.copyOf(fast.reply(), length)))
                            .isEqualTo(text(Arrays.copyOf(writer.buffer(), slowLength)));
                    assertThat(length).isEqualTo(slowLength);
                }
                case Outcome.Silence _ -> assertThat(length).isZero();
                case Outcome.Stream _, Outcome.Forward _ ->
                        throw new AssertionError("no such zone");
            }
        }
        for (Event event : Event.values()) {
            assertThat(fastCounters.of(event)).as(event.name()).isEqualTo(slowCounters.of(event));
        }
        assertThat(fastCounters.answers()).isEqualTo(slowCounters.answers());
    }

    private static QueryHandler limited(
            DnsImage image, RateLimits limits, AtomicLong now, Counters counters) {
        return Handlers.handler(
                image,
                UDP_SIZE,
                AnswerOrder.ROUND_ROBIN,
                new SplittableRandom(1),
                limits,
                now::get,
                counters);
    }

    @Provide
    Arbitrary<List<byte[]>> asked() {
        return questions().list().ofMaxSize(60);
    }

    @Test
    void theFastPathAllocatesNothing() {
        String names =
                IntStream.range(0, 2000)
                        .mapToObj(
                                i ->
                                        """
                                        app%1$d.marathon.mesos A 10.0.0.1
                                        app%1$d.marathon.mesos A 10.0.0.2
                                        app%1$d-s0.marathon.mesos A 10.0.0.1
                                        _app%1$d._tcp.marathon.mesos SRV 0 1 31000 app%1$d-s0.marathon.mesos.
                                        _app%1$d._tcp.marathon.mesos SRV 0 1 31001 app%1$d-s0.marathon.mesos.\
                                        """
                                                .formatted(i))
                        .collect(Collectors.joining("\n"));
        DnsImage image = Zones.image(names, "");
        byte[][] packets =
                IntStream.range(0, 2000)
                        .mapToObj(
                                i ->
                                        switch (i % 3) {
                                            case 0 ->
                                                    Oracle.question(
                                                            "app" + i + ".Marathon.mesos", Type.A);
                                            case 1 ->
                                                    Oracle.question(
                                                            "_app" + i + "._tcp.marathon.mesos",
                                                            Type.SRV);
                                            default ->
                                                    Oracle.question(
                                                            "no" + i + ".marathon.mesos", Type.A);
                                        })
                        .map(Message::toWire)
                        .toArray(byte[][]::new);
        for (RateLimits limits : List.of(Handlers.ANY_RATE, LOW_RATE)) {
            Counters counters = new Counters();
            QueryHandler handler =
                    Handlers.handler(
                            image,
                            UDP_SIZE,
                            AnswerOrder.RANDOM,
                            new SplittableRandom(7),
                            limits,
                            System::nanoTime,
                            counters);
            UdpResponder responder = new UdpResponder(handler, counters);
            assertThat(allocated(responder, packets))
                    .as("bytes for 100,000 queries with %s", limits)
                    .isLessThan(100_000);
            assertThat(counters.of(Event.RATE_DROPPED) > 0).isEqualTo(limits.equals(LOW_RATE));
            assertThat(counters.of(Event.RATE_SLIPPED) > 0).isEqualTo(limits.equals(LOW_RATE));
        }
    }

    /** Bytes that 100,000 queries allocate once the code is compiled. */
    private static long allocated(UdpResponder responder, byte[][] packets) {
        UdpResponder.Client client = Handlers.client(Handlers.CLIENT);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = Long.MAX_VALUE;
        // Code allocates until the JIT has compiled it; the loop waits for a busy compiler.
        for (int round = 0; round < 50 && bytes >= 100_000; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100_000; i++) {
                byte[] packet = packets[i % packets.length];
                responder.respond(packet, packet.length, client);
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }
        return bytes;
    }

    @Provide
    Arbitrary<String> zones() {
        Arbitrary<String> target =
                Arbitraries.of(
                        "a.mesos.",
                        "b.a.mesos.",
                        "web-iffe9-s0.marathon.mesos.",
                        "WEB-iffe9-s0.marathon.mesos.",
                        "v.marathon.l4lb.thisdcos.directory.",
                        "web.marathon.mesos.thisdcos.directory.",
                        "no.mesos.",
                        "www.example.org.",
                        "mesos.");
        Arbitrary<String> data =
                Arbitraries.oneOf(
                        Arbitraries.integers().between(1, 40).map(i -> "A 10.0.0." + i),
                        Arbitraries.integers().between(1, 9).map(i -> "AAAA 2001:db8::" + i),
                        Combinators.combine(Arbitraries.integers().between(0, 40), target)
                                .as((port, name) -> "SRV 0 1 " + port + " " + name),
                        target.map(name -> "PTR " + name),
                        target.map(name -> "CNAME " + name),
                        Arbitraries.integers()
                                .between(0, 90)
                                .map(i -> "TXT \"" + "t".repeat(i) + "\""));
        return Combinators.combine(Arbitraries.of(NAMES), data)
                .as((name, rdata) -> name + " " + rdata)
                .list()
                .ofMaxSize(120)
                .map(lines -> String.join("\n", lines));
    }

    @Provide
    Arbitrary<byte[]> questions() {
        Arbitrary<String> name =
                Arbitraries.oneOf(
                        Arbitraries.of(NAMES), Arbitraries.of(NAMES), Arbitraries.of(OTHERS));
        return Combinators.combine(
                        name,
                        Arbitraries.of(TYPES),
                        Arbitraries.of(-1, -1, 0, 512, 600, 1232, 4096),
                        Arbitraries.integers().between(0, 0xffff),
                        Arbitraries.of(
                                DClass.IN, DClass.IN, DClass.IN, DClass.IN, DClass.ANY, DClass.CH))
                .as(FastPathLawTest::question);
    }

    /**
     * @param bits source of flags and of capital letters
     */
    private static byte[] question(String name, String type, int size, int bits, int dnsClass) {
        StringBuilder spelled = new StringBuilder(name);
        for (int i = 0; i < spelled.length(); i++) {
            if ((bits >> i % 13 & 5) == 5) {
                spelled.setCharAt(i, Character.toUpperCase(spelled.charAt(i)));
            }
        }
        Message message = Oracle.question(spelled.toString(), Type.value(type));
        Record asked = message.getQuestion();
        message.removeAllRecords(Section.QUESTION);
        message.addRecord(
                Record.newRecord(asked.getName(), asked.getType(), dnsClass), Section.QUESTION);
        message.getHeader().setID(bits * 31 & 0xffff);
        if ((bits & 1) != 0) {
            message.getHeader().unsetFlag(Flags.RD);
        }
        if ((bits & 2) != 0) {
            message.getHeader().setFlag(Flags.CD);
        }
        if ((bits & 4) != 0) {
            message.getHeader().setFlag(Flags.AD);
        }
        if (size >= 0) {
            message.addRecord(
                    new OPTRecord(
                            size,
                            0,
                            (bits & 0x300) == 0x300 ? 1 : 0,
                            (bits & 8) != 0 ? ExtendedFlags.DO : 0),
                    Section.ADDITIONAL);
        }
        return message.toWire();
    }
}
