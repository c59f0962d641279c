package io.meridian.simulator.marathon;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The one thread that owns a simulation's state. Steps that are due together run in the order they
 * were asked for.
 */
final class SimulationLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimulationLoop.class);

    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("simulated-marathon").factory());
    private final Map<Long, CompletableFuture<?>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong questions = new AtomicLong();
    private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);

    /**
     * Runs a step on the simulation thread and waits for its result; on that thread itself it runs
     * at once.
     */
    <T> T ask(Supplier<T> question) {
        if (inside.get()) {
            return question.get();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        long number = questions.incrementAndGet();
        waiting.put(number, answer);
        try {
            executor.execute(() -> answer.completeAsync(() -> marked(question), Runnable::run));
            return answer.join();
        } catch (CompletionException wrapped) {
            if (wrapped.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw wrapped;
        } catch (RejectedExecutionException | CancellationException closed) {
            throw new IllegalStateException("the simulated Marathon is closed", closed);
        } finally {
            waiting.remove(number);
        }
    }

    void tell(Runnable step) {
        ask(
                () -> {
                    step.run();
                    return true;
                });
    }

    /**
     * Runs a step on the simulation thread after a delay; drops it if the simulation is closed by
     * then.
     */
    void after(Duration delay, Runnable step) {
        try {
            var _ = executor.schedule(() -> guarded(step), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("step dropped: the simulation is closed");
        }
    }

    /** Drops pending actions. Callers that wait for an answer get none. */
    @Override
    public void close() {
        executor.shutdownNow();
        waiting.values().forEach(answer -> answer.cancel(false));
    }

    private void guarded(Runnable step) {
        try {
            marked(
                    () -> {
                        step.run();
                        return true;
                    });
        } catch (RuntimeException fault) {
            LOG.error("simulation step failed; the simulation goes on without it", fault);
        }
    }

    private <T> T marked(Supplier<T> question) {
        inside.set(true);
        try {
            return question.get();
        } finally {
            inside.set(false);
        }
    }
}
