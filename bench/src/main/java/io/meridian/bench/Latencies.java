package io.meridian.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the latency from each commit to each agent, and from each master's end to each agent's
 * recovery.
 */
final class Latencies {
    private final int agents;
    private final FeedBench.Schedule schedule;
    private final long start = System.nanoTime();
    private final List<Phase> phases = new ArrayList<>();
    private final AtomicInteger complete = new AtomicInteger();
    private volatile long firstImage;
    private volatile long lastImage;
    private final AtomicInteger first = new AtomicInteger();

    /** Deliveries of one phase; its latencies are those of its own commits. */
    private static final class Phase {
        private final int[] micros;
        private final AtomicInteger deliveries = new AtomicInteger();
        private final AtomicInteger answers = new AtomicInteger();
        private final AtomicInteger snapshots = new AtomicInteger();
        private final AtomicInteger moved = new AtomicInteger();
        private final AtomicInteger late = new AtomicInteger();
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicLong lastMoved = new AtomicLong();
        private final AtomicLong firstSnapshot = new AtomicLong();
        private final AtomicLong lastSnapshot = new AtomicLong();

        private Phase(int most) {
            micros = new int[most];
        }

        private void delivered(long nanos) {
            int at = deliveries.getAndIncrement();
            if (at < micros.length) {
                micros[at] = (int) Math.min(Integer.MAX_VALUE, nanos / 1000);
            }
        }
    }

    Latencies(int agents, FeedBench.Schedule schedule) {
        this.agents = agents;
        this.schedule = schedule;
        schedule.phases().forEach(commits -> phases.add(new Phase(agents * commits)));
    }

    /**
     * @param after revision that the agent had, -1 for none
     * @param to revision that the agent has now
     * @param snapshot whether the answer is a snapshot of the whole table
     * @param moved whether this is the agent's first answer after it gave up its master
     */
    void arrived(long after, long to, int length, boolean snapshot, boolean moved) {
        long now = System.nanoTime();
        Phase phase = phases.get(schedule.phase(now));
        phase.bytes.addAndGet(length);
        if (after < 0) {
            if (first.incrementAndGet() == 1) {
                firstImage = now;
            }
            lastImage = now;
            return;
        }
        phase.answers.incrementAndGet();
        if (snapshot) {
            phase.snapshots.incrementAndGet();
            phase.firstSnapshot.compareAndSet(0, now);
            phase.lastSnapshot.set(now);
        }
        if (moved) {
            phase.moved.incrementAndGet();
            phase.lastMoved.set(now);
        }
        for (long revision = after + 1; revision <= to; revision++) {
            long committed = schedule.at(revision);
            phases.get(schedule.phase(committed)).delivered(now - committed);
        }
        if (after < schedule.commits() && to >= schedule.commits()) {
            complete.incrementAndGet();
        }
    }

    void late() {
        phases.get(schedule.phase(System.nanoTime())).late.incrementAndGet();
    }

    boolean done() {
        return complete.get() == agents;
    }

    String report() {
        StringBuilder report =
                new StringBuilder(
                        ("agents=%d complete=%d images=%d first-to-last-image-ms=%d"
                                        + " start-to-last-image-ms=%d")
                                .formatted(
                                        agents,
                                        complete.get(),
                                        first.get(),
                                        (lastImage - firstImage) / 1_000_000,
                                        (lastImage - start) / 1_000_000));
        for (int i = 0; i < phases.size(); i++) {
            report.append("\n  phase ").append(i + 1).append(": ").append(report(i));
        }
        return report.toString();
    }

    private String report(int index) {
        Phase phase = phases.get(index);
        int n = Math.min(phase.deliveries.get(), phase.micros.length);
        int[] sorted = Arrays.copyOf(phase.micros, n);
        Arrays.sort(sorted);
        return ("answers=%d deliveries=%d late=%d MB=%d p50-ms=%.1f p99-ms=%.1f max-ms=%.1f"
                        + " moved=%d last-moved-ms=%d snapshots=%d"
                        + " first-snapshot-ms=%d last-snapshot-ms=%d")
                .formatted(
                        phase.answers.get(),
                        n,
                        phase.late.get(),
                        phase.bytes.get() / 1_000_000,
                        at(sorted, 0.5),
                        at(sorted, 0.99),
                        at(sorted, 1),
                        phase.moved.get(),
                        since(index, phase.lastMoved.get()),
                        phase.snapshots.get(),
                        since(index, phase.firstSnapshot.get()),
                        since(index, phase.lastSnapshot.get()));
    }

    /** Milliseconds since a phase began; 0 if the instant was never recorded. */
    private long since(int phase, long instant) {
        return instant == 0 ? 0 : (instant - schedule.begin(phase)) / 1_000_000;
    }

    private static double at(int[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1000.0;
    }
}
