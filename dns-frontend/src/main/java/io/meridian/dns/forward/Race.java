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
 * One question put to several servers, by {@link RaceRules}; the shell around them, with a virtual
 * thread and an {@link Exchange} for each attempt.
 *
 * <p>The first good answer wins. Any other is held back while somebody may still do better. Those
 * that have not answered when the race is won are listened to until their time is up, as far as
 * there is room for that: or else a dead server beside a live one would never be found out.
 */
final class Race {
    private final ForwardSettings settings;
    private final RaceRules rules;
    private final RandomGenerator random;
    private final Semaphore late;

    /**
     * @param random hard to guess, safe for many threads
     * @param late room for exchanges whose race is over; shared by all races
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
     * @param good whether the response is an answer
     * @param response empty if nobody said anything
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
                            attempts.add(new Attempt(place, now, State.PENDING));
                            runners.add(
                                    new Runner(
                                            attempts.size() - 1,
                                            order.get(place),
                                            exchange(question, order.get(place), tcp),
                                            tcp,
                                            finished));
                            runners.getLast().start();
                        }
                    }
                    case Decision.Wait(long until) -> {
                        Runner runner = finished.poll(until - now, TimeUnit.NANOSECONDS);
                        if (runner == null) {
                            continue;
                        }
                        switch (runner.finding) {
                            case UpstreamResult.Good(Response response) -> {
                                return new Result(true, Optional.of(response));
                            }
                            case UpstreamResult.Bad(Failure _, Optional<Response> said) ->
                                    held = better(held, said);
                            case UpstreamResult.NotSent _ -> {}
                        }
                        Attempt attempt = attempts.get(runner.attempt);
                        attempts.set(
                                runner.attempt,
                                new Attempt(attempt.server(), attempt.askedAt(), State.FAILED));
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

    private Exchange exchange(Question question, Upstream server, boolean tcp) {
        return new Exchange(server.address(), question, tcp, settings, random);
    }

    /** A part of the truth is better than an error; of two errors the first is kept. */
    private static Optional<Response> better(Optional<Response> held, Optional<Response> said) {
        boolean cut = said.filter(Response::isTruncated).isPresent();
        return held.isEmpty() || cut ? said.or(() -> held) : held;
    }

    /** Runs one exchange and reports to its server's health and to the race. */
    private final class Runner {
        private final int attempt;
        private final Upstream server;
        private final Exchange exchange;
        private final boolean tcp;
        private final BlockingQueue<Runner> finished;
        private final long askedAt = System.nanoTime();
        private UpstreamResult finding = new UpstreamResult.NotSent();
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
                finding = exchange.run();
                long now = System.nanoTime();
                switch (finding) {
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
