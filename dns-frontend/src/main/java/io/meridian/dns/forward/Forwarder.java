package io.meridian.dns.forward;

import io.meridian.dns.forward.ResponseCache.Known;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * Answers for names outside our zones: from the cache, or from other servers. Any thread may call
 * it.
 *
 * <p>However many clients ask the same at once, one exchange is under way for it. That also bounds
 * a loop: our own question that comes back through another forwarder joins the one that is out, and
 * ends with it.
 */
public final class Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    /** Exchanges that are listened to after their race is over; each holds a socket. */
    private static final int LATE = 128;

    private final ForwardSettings settings;
    private final Map<InetSocketAddress, Upstream> upstreams = new LinkedHashMap<>();
    private final ResponseCache cache;
    private final Race race;
    private final PendingQueries pending;
    private final Map<Question, CompletableFuture<Race.Result>> flights = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder coalesced = new LongAdder();

    /**
     * @param servers every server there is
     * @param random must be hard to guess and safe for many threads
     */
    public Forwarder(
            ForwardSettings settings,
            Collection<InetSocketAddress> servers,
            RandomGenerator random) {
        this.settings = settings;
        for (InetSocketAddress server : servers) {
            upstreams.put(server, new Upstream(server, settings.failureHalfLife().toNanos()));
        }
        this.cache = new ResponseCache(settings.cache(), System::nanoTime);
        this.race = new Race(settings, random, new Semaphore(LATE));
        this.pending = new PendingQueries(settings.maxPending(), settings.maxPendingPerClient());
    }

    /** What can be said at once; never blocks. */
    public Optional<ForwardedResponse> cached(Question question) {
        if (cache.find(question) instanceof Known.Fresh(ForwardedResponse relay, boolean old)) {
            (old ? stale : hits).increment();
            return Optional.of(relay);
        }
        return Optional.empty();
    }

    /**
     * Takes one of the places in flight, or says there is none for this client; who got one calls
     * {@link #release}.
     */
    public boolean reserve(InetAddress client) {
        return pending.reserve(client);
    }

    public void release(InetAddress client) {
        pending.release(client);
    }

    /** Whether AD is passed on (RFC 6840 5.8): only if the way to the servers is trusted. */
    public boolean trustsAd() {
        return settings.trustAd();
    }

    /**
     * Blocks until a server answers, or none will; or, if an expired answer is at hand, until that
     * is better than to wait on.
     *
     * @param servers of those that were given at the start
     * @param tcp whether to ask over TCP from the first
     */
    public ForwardedResponse ask(Question question, List<InetSocketAddress> servers, boolean tcp) {
        misses.increment();
        Known known = cache.find(question);
        CompletableFuture<Race.Result> flight = flight(question, servers, tcp);
        try {
            if (known instanceof Known.Stale(ForwardedResponse old)) {
                return orStale(flight, old);
            }
            return cache.arrived(flight.get().response());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ForwardedResponse.NONE;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot forward name=" + question.name(), e);
        }
    }

    private ForwardedResponse orStale(CompletableFuture<Race.Result> flight, ForwardedResponse old)
            throws InterruptedException, ExecutionException {
        long patience = settings.cache().staleAfter().toNanos();
        try {
            Race.Result result = flight.get(patience, TimeUnit.NANOSECONDS);
            if (result.good()) {
                return cache.arrived(result.response());
            }
        } catch (TimeoutException e) {
            LOG.trace("no fresh answer yet; the question stays out");
        }
        stale.increment();
        return old;
    }

    private CompletableFuture<Race.Result> flight(
            Question question, List<InetSocketAddress> servers, boolean tcp) {
        CompletableFuture<Race.Result> mine = new CompletableFuture<>();
        CompletableFuture<Race.Result> other = flights.putIfAbsent(question, mine);
        if (other != null) {
            coalesced.increment();
            return other;
        }
        List<Upstream> chosen = servers.stream().map(upstreams::get).toList();
        Thread.ofVirtual().name("dns-flight").start(() -> fly(question, chosen, tcp, mine));
        return mine;
    }

    private void fly(
            Question question,
            List<Upstream> servers,
            boolean tcp,
            CompletableFuture<Race.Result> mine) {
        try {
            Race.Result result = race.run(question, servers, tcp);
            if (result.good()) {
                cache.put(question, result.response().orElseThrow());
            } else {
                cache.putFailure(question, result.response());
            }
            mine.complete(result);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            mine.completeExceptionally(e);
        } finally {
            flights.remove(question, mine);
            mine.complete(Race.Result.NOTHING); // whatever happened, nobody waits for ever
        }
    }

    public ForwardStatus status() {
        long now = System.nanoTime();
        return new ForwardStatus(
                upstreams.values().stream().map(upstream -> upstream.status(now)).toList(),
                hits.sum(),
                misses.sum(),
                stale.sum(),
                coalesced.sum(),
                cache.size(),
                cache.bytes());
    }
}
