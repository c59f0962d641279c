package io.meridian.dns.forward;

import io.meridian.dns.forward.RaceRules.Attempt;
import io.meridian.dns.forward.RaceRules.Decision;
import io.meridian.dns.forward.RaceRules.State;
import io.meridian.dns.wire.Response;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Puts one question to several upstream servers in the order of {@link RaceRules}, with a virtual
 * thread and an {@link Exchange} for each attempt.
 *
 * <p>The first good answer wins. Other responses are held back while another server may still
 * answer. Exchanges that are pending when the race is won go on until their timeout, up to {@code
 * late} of them. Otherwise a dead server beside a live one would never count as failed.
 */
final class Race {
    private final ForwardSettings settings;
    private final RaceRules rules;
    private final RandomGenerator random;
    private final Semaphore late;

    /**
     * @param random hard to guess, safe for many threads
     * @param late permits for exchanges whose race has ended; shared by all races
     */
    Race(ForwardSettings settings, RandomGenerator random, Semaphore late) {
        this.settings = settings;
        this.rules =
                new RaceRules(
                        settings.parallelQueries(),
                        settings.timeout().toNanos(),
                        settings.hedgeDelay().toNanos(),
                        settings.totalTimeout().toNanos());
        this.random = random;
        this.late = late;
    }

    /**
     * @param good whether the response is a good answer, see {@link UpstreamResult.Good}
     * @param response empty if no server responded
     */
    record Result(boolean good, Optional<Response> response) {
        static final Result NOTHING = new Result(false, Optional.empty());
    }

    /** Blocks until a server gives a good answer or none is left that could. */
    Result run(Question question, List<Upstream> servers, boolean tcp) throws InterruptedException {
        long start = System.nanoTime();
        List<Upstream> order = RaceRules.order(servers, s -> s.rank(start), random);
        List<Attempt> attempts = new ArrayList<>();
        List<Runner> runners = new ArrayList<>();
        BlockingQueue<Runner> finished = new LinkedBlockingQueue<>();
        Optional<Response> held = Optional.empty();
        try {
            while (true) {
                long now = System.nanoTime();
                switch (rules.decide(order.size(), start, attempts, now)) {
                    case Decision.Ask(List<Integer> places) -> {
                        for (int place : places) {
                            Upstream server = order.get(place);
                            attempts.add(new Attempt(place, now, State.PENDING));
                            Exchange exchange = exchange(question, server, tcp);
                            int attempt = attempts.size() - 1;
                            runners.add(new Runner(attempt, server, exchange, tcp, finished));
                            runners.getLast().start();
                        }
                    }
                    case Decision.Wait(long until) -> {
                        Runner runner = finished.poll(until - now, TimeUnit.NANOSECONDS);
                        if (runner == null) {
                            continue;
                        }
                        switch (runner.outcome) {
                            case UpstreamResult.Good(Response response) -> {
                                return new Result(true, Optional.of(response));
                            }
                            case UpstreamResult.Bad(Failure _, Optional<Response> said) ->
                                    held = better(held, said);
                            case UpstreamResult.NotSent _ -> {}
                        }
                        attempts.set(runner.attempt, failed(attempts.get(runner.attempt)));
                    }
                    case Decision.Over _ -> {
                        return new Result(false, held);
                    }
                }
            }
        } finally {
            runners.forEach(Runner::raceIsOver);
        }
    }

    private static Attempt failed(Attempt attempt) {
        return new Attempt(attempt.server(), attempt.askedAt(), State.FAILED);
    }

    private Exchange exchange(Question question, Upstream server, boolean tcp) {
        return new Exchange(server.address(), question, tcp, settings, random);
    }

    /**
     * The response for the client if no good one comes: a truncated answer before an error, the
     * first error before later ones.
     */
    private static Optional<Response> better(Optional<Response> held, Optional<Response> said) {
        boolean cut = said.filter(Response::isTruncated).isPresent();
        return held.isEmpty() || cut ? said.or(() -> held) : held;
    }

    /** Runs one exchange and reports its result to the server's health and to the race. */
    private final class Runner {
        private final int attempt;
        private final Upstream server;
        private final Exchange exchange;
        private final boolean tcp;
        private final BlockingQueue<Runner> finished;
        private final long askedAt = System.nanoTime();
        private UpstreamResult outcome = new UpstreamResult.NotSent();
        private boolean ended;
        private boolean holdsRoom;

        Runner(
                int attempt,
                Upstream server,
                Exchange exchange,
                boolean tcp,
                BlockingQueue<Runner> finished) {
            this.attempt = attempt;
            this.server = server;
            this.exchange = exchange;
            this.tcp = tcp;
            this.finished = finished;
        }

        void start() {
            server.asked(tcp);
            Thread.ofVirtual().name("dns-forward").start(this::exchange);
        }

        private void exchange() {
            try {
                outcome = exchange.run();
                long now = System.nanoTime();
                switch (outcome) {
                    case UpstreamResult.Good _ -> server.answered(now, now - askedAt);
                    case UpstreamResult.Bad(Failure failure, Optional<Response> _) ->
                            server.failed(failure, now);
                    case UpstreamResult.NotSent _ -> {}
                }
            } finally {
                end();
                finished.add(this);
            }
        }

        private synchronized void end() {
            ended = true;
            if (holdsRoom) {
                late.release();
            }
        }

        synchronized void raceIsOver() {
            if (!ended) {
                holdsRoom = late.tryAcquire();
                if (!holdsRoom) {
                    exchange.close();
                }
            }
        }
    }
}
