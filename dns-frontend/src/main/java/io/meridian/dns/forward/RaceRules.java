package io.meridian.dns.forward;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * Whom to ask next, and when to stop. Pure: all it knows is what has happened and what time it is.
 *
 * <p>Servers are asked a few at once, least failed first. The next few are asked when all those
 * before them have failed, or stayed silent for a while; the earlier ones may still answer. When
 * all have been asked, those that stayed silent are asked once more: a lost datagram looks the same
 * as a slow server. The first good answer ends the race, which is not decided here.
 *
 * @param parallelQueries how many are asked together, at least 1
 * @param timeout how long one server may take, nanoseconds, above 0
 * @param hedgeDelay how long the last asked may be silent before the next are asked as well, above
 *     0
 * @param total how long all of it may take, above 0
 */
record RaceRules(int parallelQueries, long timeout, long hedgeDelay, long total) {
    private static final int ROUNDS = 2;

    /** What has come of asking. */
    enum State {
        /** Nothing yet; after the timeout the server counts as silent. */
        PENDING,
        /** It can't be reached, or what it says is of no use. */
        FAILED
    }

    /** One server asked once. */
    record Attempt(int server, long askedAt, State state) {}

    sealed interface Decision {
        /** Ask these now: places in the order of servers, no place twice, not empty. */
        record Ask(List<Integer> servers) implements Decision {}

        /** Nothing to do before this instant, unless something comes in. */
        record Wait(long until) implements Decision {}

        /** Nobody is left who could answer. */
        record Over() implements Decision {}
    }

    /**
     * @param servers how many there are; they are called 0..servers-1, best first
     * @param start when the race began
     * @param attempts so far, in the order they were made
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

    /** Those asked least often, best first, without those known to be of no use. */
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

    /** The servers, lowest rank first, those of one rank in an order of chance. */
    static <S> List<S> order(List<S> servers, ToIntFunction<S> rank, RandomGenerator random) {
        List<S> order = new ArrayList<>(servers);
        Collections.shuffle(order, Random.from(random));
        order.sort(Comparator.comparingInt(rank));
        return order;
    }
}
