package io.meridian.actors.journal.r2dbc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Batches requests. A request is sent immediately while fewer than {@code maxConcurrent} batches
 * are in flight; later ones queue and form the next batch. There is no linger time. Requests are
 * sent in the order of arrival. Any thread.
 */
final class RequestBatcher<Q, A> {
    private final int maxConcurrent;
    private final int maxSize;
    private final Function<List<Q>, CompletionStage<List<A>>> send;
    private final Predicate<Throwable> isOfOneRequest;
    private final Deque<Request<Q, A>> queue = new ArrayDeque<>();
    private int inFlight;

    private record Request<Q, A>(Q question, CompletableFuture<A> answer) {
        void fail(Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }

    /**
     * @param maxConcurrent batches in flight at one time, 1 or more
     * @param maxSize requests in one batch, 1 or more
     * @param send sends a batch and completes with an answer for each request, in their order; must
     *     not throw
     * @param isOfOneRequest whether a single request may have caused the failure of its batch: the
     *     batcher then sends each request alone, so that the others succeed
     */
    RequestBatcher(
            int maxConcurrent,
            int maxSize,
            Function<List<Q>, CompletionStage<List<A>>> send,
            Predicate<Throwable> isOfOneRequest) {
        this.maxConcurrent = maxConcurrent;
        this.maxSize = maxSize;
        this.send = send;
        this.isOfOneRequest = isOfOneRequest;
    }

    CompletionStage<A> ask(Q question) {
        Request<Q, A> request = new Request<>(question, new CompletableFuture<>());
        synchronized (queue) {
            queue.add(request);
        }
        sendNext();
        return request.answer;
    }

    private void sendNext() {
        List<Request<Q, A>> batch = nextBatch();
        if (!batch.isEmpty()) {
            send(batch).whenComplete((_, _) -> onBatchDone());
        }
    }

    private List<Request<Q, A>> nextBatch() {
        List<Request<Q, A>> batch = new ArrayList<>();
        synchronized (queue) {
            if (inFlight < maxConcurrent) {
                while (batch.size() < maxSize && !queue.isEmpty()) {
                    batch.add(queue.remove());
                }
                inFlight += batch.isEmpty() ? 0 : 1;
            }
        }
        return batch;
    }

    private void onBatchDone() {
        synchronized (queue) {
            inFlight--;
        }
        sendNext();
    }

    /** Never completes exceptionally; the requests' own stages may. */
    private CompletionStage<Void> send(List<Request<Q, A>> batch) {
        return send.apply(batch.stream().map(Request::question).toList())
                .thenAccept(answers -> complete(batch, answers))
                .exceptionallyCompose(failure -> onFailure(batch, failure));
    }

    private static <Q, A> void complete(List<Request<Q, A>> batch, List<A> answers) {
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).answer.complete(answers.get(i));
        }
    }

    private CompletionStage<Void> onFailure(List<Request<Q, A>> batch, Throwable failure) {
        if (batch.size() == 1 || !isOfOneRequest.test(failure)) {
            batch.forEach(request -> request.fail(failure));
            return CompletableFuture.completedFuture(null);
        }
        CompletionStage<Void> each = CompletableFuture.completedFuture(null);
        for (Request<Q, A> request : batch) {
            each = each.thenCompose(_ -> send(List.of(request)));
        }
        return each;
    }
}
