package io.meridian.dns.forward;

import io.meridian.dns.forward.ResponseCache.Lookup;

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
 * Answers queries for names outside our zones, from the cache or from upstream servers. Any thread
 * may call it.
 *
 * <p>Equal questions of many clients share one exchange with the upstream servers. That also bounds
 * a loop: our own question that returns through another forwarder joins the exchange in progress
 * and ends with it.
 */
public final class Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    /** Exchanges that may go on after their race has ended; each holds a socket. */
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
     * @param servers all upstream servers
     * @param random hard to guess, safe for many threads
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

    /**
     * The answer from the cache; empty if the forwarder must ask upstream servers. Never blocks.
     */
    public Optional<ForwardedResponse> cached(Question question) {
        if (cache.find(question) instanceof Lookup.Fresh(ForwardedResponse relay, boolean old)) {
            (old ? stale : hits).increment();
            return Optional.of(relay);
        }
        return Optional.empty();
    }

    /**
     * Reserves a place among the pending queries. The caller gives it back by {@link #release}.
     *
     * @return false if this client, or all clients together, have no place left
     */
    public boolean reserve(InetAddress client) {
        return pending.reserve(client);
    }

    public void release(InetAddress client) {
        pending.release(client);
    }

    /** Whether clients get the AD bit of upstream replies (RFC 6840 5.8). */
    public boolean trustsAd() {
        return settings.trustAd();
    }

    /**
     * Asks upstream servers. Blocks until one gives a good answer or none is left; with an expired
     * answer in the cache, at most {@link ForwardSettings.Cache#staleAfter}.
     *
     * @param servers some of the servers that the constructor got
     * @param tcp whether to start with TCP
     */
    public ForwardedResponse ask(Question question, List<InetSocketAddress> servers, boolean tcp) {
        misses.increment();
        Lookup known = cache.find(question);
        CompletableFuture<Race.Result> flight = flight(question, servers, tcp);
        try {
            if (known instanceof Lookup.Stale(ForwardedResponse old)) {
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
            LOG.trace("no fresh answer in time; the exchange goes on");
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
            mine.complete(
                    Race.Result.NOTHING); // wakes the waiting clients after any exception as well
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
