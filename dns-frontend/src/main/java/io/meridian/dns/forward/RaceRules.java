package io.meridian.dns.forward;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * Decides which upstream servers to ask next and when to stop. A pure function of the attempts so
 * far and the time.
 *
 * <p>The servers with the fewest failures are asked first, {@code parallelQueries} at a time. The
 * next ones are asked when all before them have failed, or after {@code hedgeDelay} of silence; the
 * earlier ones may still answer. When all have been asked, those that stayed silent are asked once
 * more, since a lost datagram looks like a slow server. {@link Race} ends at the first good answer.
 *
 * @param parallelQueries servers asked at the same time, at least 1
 * @param timeout of one server, nanoseconds, above 0
 * @param hedgeDelay silence after which the next servers are asked, nanoseconds, above 0
 * @param total time limit of the race, nanoseconds, above 0
 */
record RaceRules(int parallelQueries, long timeout, long hedgeDelay, long total) {
    private static final int ROUNDS = 2;

    /** The state of an attempt. */
    enum State {
        /** No response yet; after the timeout the server counts as silent. */
        PENDING,
        /** The server is unreachable, or its response is not usable. */
        FAILED
    }

    /** One question to one server. */
    record Attempt(int server, long askedAt, State state) {}

    sealed interface Decision {
        /** Ask these servers now. The indexes are distinct, in ascending order, and not empty. */
        record Ask(List<Integer> servers) implements Decision {}

        /** Decide again at this instant, or when an attempt has ended. */
        record Wait(long until) implements Decision {}

        /** No server is left that could answer. */
        record Over() implements Decision {}
    }

    /**
     * @param servers number of servers; their indexes are 0..servers-1, best first
     * @param start of the race
     * @param attempts in the order in which they were made
     */
    Decision decide(int servers, long start, List<Attempt> attempts, long now) {
        if (now - start >= total) {
            return new Decision.Over();
        }
        List<Attempt> open =
                attempts.stream()
                        .filter(a -> a.state == State.PENDING && now - a.askedAt < timeout)
                        .toList();
        List<Integer> next = next(servers, attempts);
        long nextAt = attempts.isEmpty() ? now : attempts.getLast().askedAt + hedgeDelay;
        if (!next.isEmpty() && (open.isEmpty() || now - nextAt >= 0)) {
            return new Decision.Ask(next);
        }
        if (open.isEmpty()) {
            return new Decision.Over();
        }
        long until = start + total;
        for (Attempt attempt : open) {
            until = earlier(until, attempt.askedAt + timeout);
        }
        return new Decision.Wait(next.isEmpty() ? until : earlier(until, nextAt));
    }

    /** The servers asked least often, best first, without those that have failed. */
    private List<Integer> next(int servers, List<Attempt> attempts) {
        int[] asked = new int[servers];
        for (Attempt attempt : attempts) {
            asked[attempt.server] += attempt.state == State.FAILED ? ROUNDS : 1;
        }
        for (int round = 0; round < ROUNDS; round++) {
            List<Integer> next = new ArrayList<>(parallelQueries);
            for (int server = 0; server < servers && next.size() < parallelQueries; server++) {
                if (asked[server] == round) {
                    next.add(server);
                }
            }
            if (!next.isEmpty()) {
                return next;
            }
        }
        return List.of();
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    /** The servers by ascending rank; the order within a rank is random. */
    static <S> List<S> order(List<S> servers, ToIntFunction<S> rank, RandomGenerator random) {
        List<S> order = new ArrayList<>(servers);
        Collections.shuffle(order, Random.from(random));
        order.sort(Comparator.comparingInt(rank));
        return order;
    }
}
