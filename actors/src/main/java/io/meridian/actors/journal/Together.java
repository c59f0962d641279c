package io.meridian.actors.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Asks many questions in one exchange. A question goes at once while fewer than so many exchanges
 * are under way; those that come meanwhile go together in the next. So nobody waits for company,
 * and the busier it is, the fewer exchanges it takes for each. Questions start in the order in
 * which they came. Safe for many threads.
 */
final class Together<Q, A> {
    private final int exchanges;
    private final int most;
    private final Function<List<Q>, CompletionStage<List<A>>> exchange;
    private final Predicate<Throwable> one;
    private final Deque<Asked<Q, A>> waiting = new ArrayDeque<>();
    private int underWay;

    private record Asked<Q, A>(Q question, CompletableFuture<A> answer) {}

    /**
     * @param exchanges how many may be under way, 1 or more
     * @param most questions in one exchange, 1 or more
     * @param exchange gives an answer for each question, in their order; must not throw
     * @param one whether a failure may be the fault of a single question: then each is asked alone,
     *     so that the others don't suffer from it
     */
    Together(
            int exchanges,
            int most,
            Function<List<Q>, CompletionStage<List<A>>> exchange,
            Predicate<Throwable> one) {
        this.exchanges = exchanges;
        this.most = most;
        this.exchange = exchange;
        this.one = one;
    }

    CompletionStage<A> ask(Q question) {
        Asked<Q, A> asked = new Asked<>(question, new CompletableFuture<>());
        synchronized (waiting) {
            waiting.add(asked);
        }
        start();
        return asked.answer;
    }

    private void start() {
        List<Asked<Q, A>> next = next();
        if (!next.isEmpty()) {
            send(next).whenComplete((_, _) -> ended());
        }
    }

    private List<Asked<Q, A>> next() {
        List<Asked<Q, A>> next = new ArrayList<>();
        synchronized (waiting) {
            if (underWay < exchanges) {
                while (next.size() < most && !waiting.isEmpty()) {
                    next.add(waiting.remove());
                }
                underWay += next.isEmpty() ? 0 : 1;
            }
        }
        return next;
    }

    private void ended() {
        synchronized (waiting) {
            underWay--;
        }
        start();
    }

    /** Always completes well; answers may be failures. */
    private CompletionStage<Void> send(List<Asked<Q, A>> some) {
        return exchange.apply(some.stream().map(Asked::question).toList())
                .handle((answers, failure) -> new Outcome<>(answers, failure))
                .thenCompose(
                        outcome -> {
                            if (outcome.failure == null) {
                                for (int i = 0; i < some.size(); i++) {
                                    some.get(i).answer.complete(outcome.answers.get(i));
                                }
                            } else if (some.size() > 1 && one.test(outcome.failure)) {
                                return each(some);
                            } else {
                                some.forEach(
                                        asked ->
                                                asked.answer.completeExceptionally(
                                                        outcome.failure));
                            }
                            return CompletableFuture.completedFuture(null);
                        });
    }

    private record Outcome<A>(List<A> answers, Throwable failure) {}

    private CompletionStage<Void> each(List<Asked<Q, A>> some) {
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (Asked<Q, A> asked : some) {
            all = all.thenCompose(_ -> send(List.of(asked)));
        }
        return all;
    }
}
