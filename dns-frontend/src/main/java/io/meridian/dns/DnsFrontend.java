package io.meridian.dns;

import io.meridian.dns.answer.ZoneProfile;
import io.meridian.dns.forward.Forwarder;
import io.meridian.dns.forward.Forwarding;
import io.meridian.dns.limit.RateLimiter;
import io.meridian.dns.server.AnswerLimits;
import io.meridian.dns.server.Counters;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.server.Listeners;
import io.meridian.dns.server.LocalAddresses;
import io.meridian.dns.server.QueryHandler;
import io.meridian.dns.server.Replies;
import io.meridian.dns.server.ServerCookies;
import io.meridian.dns.transfer.TsigKeys;
import io.meridian.dns.transfer.ZoneTransfers;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.node.Publisher;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * The DNS server of this node. A zone answers SERVFAIL until its table's first image has arrived,
 * so that no client caches a wrong NXDOMAIN.
 */
public final class DnsFrontend implements AutoCloseable {
    private final DnsSettings settings;
    private final Counters counters;
    private final PublishedImages images;
    private final ZoneTransfers transfers;
    private final Forwarder forwarder;
    private final QueryHandler handler;
    private volatile Optional<Listeners> listeners = Optional.empty();

    private DnsFrontend(
            DnsSettings settings,
            Counters counters,
            PublishedImages images,
            ZoneTransfers transfers,
            Forwarder forwarder,
            QueryHandler handler) {
        this.settings = settings;
        this.counters = counters;
        this.images = images;
        this.transfers = transfers;
        this.forwarder = forwarder;
        this.handler = handler;
    }

    /** Calls {@link #prepare} and {@link #listen}. */
    public static DnsFrontend start(DnsSettings settings) {
        DnsFrontend frontend = prepare(settings);
        frontend.listen();
        return frontend;
    }

    /**
     * A server without sockets, whose publishers can receive the images on disk before the first
     * query comes.
     */
    public static DnsFrontend prepare(DnsSettings settings) {
        Counters counters = new Counters();
        ZoneProfile mesos =
                ZoneProfile.mesos(
                        settings.mesosDomain(),
                        settings.mesosTtl().toSeconds(),
                        nameServerAddresses(settings));
        ZoneTransfers transfers =
                new ZoneTransfers(
                        settings.transfer(),
                        new TsigKeys(
                                settings.transfer().keys(), () -> Instant.now().getEpochSecond()),
                        settings.udpSize());
        PublishedImages images =
                new PublishedImages(
                        mesos,
                        settings.zones(),
                        count -> counters.count(Event.UNREADABLE_RECORDS, count),
                        transfers);
        Forwarder forwarder =
                new Forwarder(settings.forward(), settings.upstreams().all(), new SecureRandom());
        // Resolved per call, because a ThreadLocalRandom belongs to the calling thread.
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        AnswerLimits limits =
                new AnswerLimits(
                        new RateLimiter(
                                settings.rateLimits(),
                                new SecureRandom().nextLong(),
                                System.nanoTime()),
                        System::nanoTime,
                        counters);
        Forwarding forwarding =
                new Forwarding(settings.upstreams(), settings.recursion(), forwarder);
        Replies replies =
                new Replies(
                        forwarding,
                        settings.udpSize(),
                        settings.edns().nsidBytes(),
                        settings.tcp().idleTimeout(),
                        limits,
                        counters);
        QueryHandler handler =
                new QueryHandler(
                        images::image,
                        forwarding,
                        transfers,
                        replies,
                        new ServerCookies(
                                settings.edns().cookieSecrets(),
                                new SecureRandom(),
                                () -> System.currentTimeMillis() / 1000),
                        settings.zones().order(),
                        random,
                        counters);
        return new DnsFrontend(settings, counters, images, transfers, forwarder, handler);
    }

    /**
     * Opens all sockets and starts to answer.
     *
     * @throws UncheckedIOException if an address can't be bound; no socket stays open
     */
    public void listen() {
        listeners =
                Optional.of(
                        Listeners.start(
                                settings.listen(),
                                settings.udpThreads(),
                                settings.udpBatches(),
                                settings.tcp(),
                                handler,
                                counters));
        transfers.listening(
                settings.listen().stream()
                        .map(InetSocketAddress::getAddress)
                        .filter(address -> !address.isAnyLocalAddress())
                        .toList());
    }

    public Publisher<ZoneRow, ZoneImage> zonePublisher() {
        return images.zonePublisher();
    }

    public Publisher<VipRow, VipImage> vipPublisher() {
        return images.vipPublisher();
    }

    /** Every zone of this node at one instant, sorted by origin. */
    public List<ServedZone> zones() {
        return images.image().zones().stream()
                .map(ServedZone::of)
                .sorted(Comparator.comparing(ServedZone::origin))
                .toList();
    }

    public DnsStatus status() {
        Map<String, Integer> names = new TreeMap<>();
        images.image().zones().forEach(zone -> names.put(zone.profile().key(), zone.names()));
        return new DnsStatus(
                images.zoneRevision(),
                images.vipRevision(),
                names,
                listeners.map(Listeners::addresses).orElse(List.of()),
                counters.of(Event.UDP_QUERIES),
                counters.of(Event.TCP_QUERIES),
                counters.answers(),
                counters.of(Event.TRUNCATED),
                counters.of(Event.PARTIAL),
                counters.of(Event.MALFORMED),
                counters.of(Event.DROPPED),
                counters.of(Event.FORWARDED),
                counters.of(Event.FORWARD_FAILURES),
                forwarder.status(),
                listeners.map(Listeners::tcpConnections).orElse(0),
                counters.of(Event.TCP_REFUSED),
                counters.of(Event.TCP_EVICTED),
                counters.of(Event.RATE_SLIPPED),
                counters.of(Event.RATE_DROPPED),
                counters.of(Event.UNREADABLE_RECORDS),
                counters.of(Event.FAULTS));
    }

    /** Stops answering and frees the ports. Pending forwarded queries get no reply. */
    @Override
    public void close() {
        transfers.close();
        listeners.ifPresent(Listeners::close);
    }

    /**
     * Addresses of the name server. A wildcard stands for every address of the host that other
     * hosts can reach: neither loopback nor link-local.
     */
    private static Set<IpAddress> nameServerAddresses(DnsSettings settings) {
        Set<IpAddress> addresses = new TreeSet<>();
        for (InetSocketAddress listen : settings.listen()) {
            boolean wildcard = listen.getAddress().isAnyLocalAddress();
            for (InetAddress address : behind(listen)) {
                if (!wildcard || !address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
                    addresses.add(IpAddress.of(address.getAddress()));
                }
            }
        }
        return addresses;
    }

    private static Set<InetAddress> behind(InetSocketAddress listen) {
        try {
            return LocalAddresses.behind(listen.getAddress());
        } catch (SocketException e) {
            throw new UncheckedIOException(
                    "cannot list this host's addresses: " + e.getMessage(), e);
        }
    }
}
