package io.meridian.bench;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** From each commit to each agent, and from the first question to each first image. */
final class Latencies {
    private static final int MOST = 4_000_000;

    private final int agents;
    private final FeedBench.Schedule schedule;
    private final long start = System.nanoTime();
    private final long[] micros = new long[MOST];
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger whole = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger complete = new AtomicInteger();
    private volatile long firstAsked;
    private volatile long lastWhole;

    Latencies(int agents, FeedBench.Schedule schedule) {
        this.agents = agents;
        this.schedule = schedule;
    }

    /**
     * @param after what the agent had, -1 for nothing
     * @param to what it has now
     */
    void arrived(long after, long to, int length) {
        long now = System.nanoTime();
        bytes.addAndGet(length);
        if (after < 0) {
            if (whole.incrementAndGet() == 1) {
                firstAsked = now;
            }
            lastWhole = now;
            return;
        }
        answers.incrementAndGet();
        for (long revision = after + 1; revision <= to; revision++) {
            int at = count.getAndIncrement();
            if (at < MOST) {
                micros[at] = (now - schedule.at(revision)) / 1000;
            }
        }
        if (after < schedule.commits() && to >= schedule.commits()) {
            complete.incrementAndGet();
        }
    }

    void late() {
        late.incrementAndGet();
    }

    boolean done() {
        return complete.get() == agents;
    }

    String report() {
        int n = Math.min(count.get(), MOST);
        long[] sorted = Arrays.copyOf(micros, n);
        Arrays.sort(sorted);
        return ("agents=%d complete=%d images=%d first-to-last-image-ms=%d"
                        + " start-to-last-image-ms=%d answers=%d deliveries=%d late=%d MB=%d"
                        + " p50-ms=%.1f p99-ms=%.1f max-ms=%.1f")
                .formatted(
                        agents,
                        complete.get(),
                        whole.get(),
                        (lastWhole - firstAsked) / 1_000_000,
                        (lastWhole - start) / 1_000_000,
                        answers.get(),
                        n,
                        late.get(),
                        bytes.get() / 1_000_000,
                        at(sorted, 0.5),
                        at(sorted, 0.99),
                        at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1000.0;
    }
}
