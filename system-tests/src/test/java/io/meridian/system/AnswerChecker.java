package io.meridian.system;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Queries every agent continuously for names whose answer must not change. Records each wrong
 * answer, and the longest time without an answer.
 */
final class AnswerChecker implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(400);

    private final Map<String, SortedSet<String>> truth;
    private final Map<String, InetSocketAddress> agents;
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> longestSilence = new ConcurrentHashMap<>();
    private final AtomicLong longestWrong = new AtomicLong();
    private final AtomicLong answers = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /**
     * @param truth expected addresses by name
     */
    AnswerChecker(Map<String, InetSocketAddress> agents, Map<String, SortedSet<String>> truth) {
        this.agents = Map.copyOf(agents);
        this.truth = Map.copyOf(truth);
    }

    AnswerChecker start() {
        agents.forEach(
                (agent, server) -> {
                    longestSilence.put(agent, new AtomicLong());
                    threads.add(
                            Thread.ofPlatform()
                                    .daemon()
                                    .name("checker-" + agent)
                                    .start(() -> run(agent, server)));
                });
        return this;
    }

    private void run(String agent, InetSocketAddress server) {
        DnsClient dns = new DnsClient(server).patience(PATIENCE);
        long lastAnswer = System.nanoTime();
        Map<String, Long> wrongSince = new HashMap<>();
        try {
            while (!closed) {
                for (Map.Entry<String, SortedSet<String>> fact : truth.entrySet()) {
                    Optional<DnsClient.Answer> answer = dns.tryToAsk(fact.getKey(), "A");
                    long now = System.nanoTime();
                    longestSilence.get(agent).accumulateAndGet(now - lastAnswer, Math::max);
                    if (answer.isEmpty()) {
                        continue;
                    }
                    lastAnswer = now;
                    answers.incrementAndGet();
                    if (answer.get().data().equals(fact.getValue())) {
                        wrongSince.remove(fact.getKey());
                    } else {
                        long since = wrongSince.computeIfAbsent(fact.getKey(), _ -> now);
                        longestWrong.accumulateAndGet(now - since + 1, Math::max);
                        wrong.add(agent + " " + fact.getKey() + ": " + answer.get());
                    }
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    long answers() {
        return answers.get();
    }

    List<String> wrong() {
        return List.copyOf(wrong);
    }

    Duration longestWrong() {
        return Duration.ofNanos(longestWrong.get());
    }

    /** Findings since the last call. */
    Duration longestSilence(String agent) {
        return Duration.ofNanos(longestSilence.get(agent).getAndSet(0));
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
