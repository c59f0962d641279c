package io.meridian.dns.server;

import io.meridian.dns.DnsSettings;
import io.meridian.dns.Frontends;
import io.meridian.dns.answer.AnswerOrder;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.forward.Forwarder;
import io.meridian.dns.forward.Forwarding;
import io.meridian.dns.forward.Upstreams;
import io.meridian.dns.limit.RateLimiter;
import io.meridian.dns.limit.RateLimits;
import io.meridian.dns.transfer.TransferSettings;
import io.meridian.dns.transfer.TsigKeys;
import io.meridian.dns.transfer.ZoneTransfers;
import io.meridian.dns.wire.CookieKey;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Query handlers without sockets and without forwarding. */
public final class Handlers {
    public static final int UDP_SIZE = 1232;
    public static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.9", 5353);

    /** A rate limiter without limits. */
    public static final RateLimits ANY_RATE =
            new RateLimits(0, 0, 0, Duration.ZERO, 0, 24, 56, 1, List.of());

    private static final CookieKey COOKIE_KEY = new CookieKey(1, 2);
    private static final long COOKIE_TIME = 1_800_000_000L;

    private Handlers() {}

    static QueryHandler handler(
            DnsImage image, int udpSize, AnswerOrder order, RandomGenerator random) {
        return handler(image, udpSize, order, random, ANY_RATE, () -> 0, new Counters());
    }

    /**
     * @param clock clock of the rate limiter in ns
     */
    static QueryHandler handler(
            DnsImage image,
            int udpSize,
            AnswerOrder order,
            RandomGenerator random,
            RateLimits limits,
            LongSupplier clock,
            Counters counters) {
        Forwarding forwarding = forwarding();
        return new QueryHandler(
                () -> image,
                forwarding,
                transfers(udpSize),
                new Replies(
                        forwarding,
                        udpSize,
                        new byte[0],
                        Duration.ofSeconds(10),
                        limits(limits, clock, counters),
                        counters),
                new ServerCookies(List.of(), new SecureRandom(), () -> 0),
                order,
                random,
                counters);
    }

    private static AnswerLimits limits(RateLimits limits, LongSupplier clock, Counters counters) {
        return new AnswerLimits(new RateLimiter(limits, 0, clock.getAsLong()), clock, counters);
    }

    private static Forwarding forwarding() {
        DnsSettings settings = Frontends.settings("");
        Forwarder forwarder = new Forwarder(settings.forward(), List.of(), new SecureRandom());
        return new Forwarding(Upstreams.NONE, settings.recursion(), forwarder);
    }

    private static ZoneTransfers transfers(int udpSize) {
        return new ZoneTransfers(TransferSettings.OFF, new TsigKeys(List.of(), () -> 0), udpSize);
    }

    /**
     * A handler with all EDNS options.
     *
     * @param clock clock of cookies and rate limiter in ns
     */
    public static QueryHandler of(
            DnsImage image, RateLimits limits, LongSupplier clock, Counters counters) {
        Forwarding forwarding = forwarding();
        return new QueryHandler(
                () -> image,
                forwarding,
                transfers(UDP_SIZE),
                new Replies(
                        forwarding,
                        UDP_SIZE,
                        "fuzzed".getBytes(StandardCharsets.US_ASCII),
                        Duration.ofSeconds(10),
                        limits(limits, clock, counters),
                        counters),
                new ServerCookies(List.of(COOKIE_KEY), new SecureRandom(), () -> COOKIE_TIME),
                AnswerOrder.RANDOM,
                new SplittableRandom(1),
                counters);
    }

    /** Answers datagrams as a UDP thread does, by the fast path if possible. */
    public static Function<byte[], Optional<byte[]>> udp(QueryHandler handler, Counters counters) {
        UdpResponder responder = new UdpResponder(handler, counters);
        UdpResponder.Client client = client(CLIENT);
        return packet -> {
            int length = responder.respond(packet, packet.length, client);
            return length == 0
                    ? Optional.empty()
                    : Optional.of(Arrays.copyOf(responder.reply(), length));
        };
    }

    /** A client whose datagram is answered on the calling thread. */
    static UdpResponder.Client client(InetSocketAddress address) {
        byte[] bytes = address.getAddress().getAddress();
        long high = RateLimiter.high(bytes);
        long low = RateLimiter.low(bytes);
        return new UdpResponder.Client() {
            @Override
            public InetSocketAddress address() {
                return address;
            }

            @Override
            public long addressHigh() {
                return high;
            }

            @Override
            public long addressLow() {
                return low;
            }

            @Override
            public void send(byte[] reply, InetSocketAddress to) {
                throw new AssertionError("nothing is forwarded here");
            }
        };
    }
}
