package io.meridian.bench.vips;

import io.meridian.simulator.marathon.SimulatedAgent;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;
import io.meridian.simulator.marathon.TaskWatcher;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A simulated Marathon with apps of one task, one named VIP and one health check each, and a thread
 * that changes one app each 20 ms: it scales an app, kills a task, or adds an app, in turn. Public
 * methods may be called by any thread.
 */
final class ChurnedMarathon implements AutoCloseable {
    private static final int AGENTS = 200;
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final Duration DEPLOYMENT = Duration.ofMinutes(5);

    private final SimulatedMarathon marathon;
    private final int apps;
    private final Map<String, Long> changedAt = new ConcurrentHashMap<>();
    private final Map<String, Long> firstRunAt = new ConcurrentHashMap<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private final Thread churn = new Thread(this::churn, "churn");
    private volatile boolean stopped;

    /** Deploys the apps and returns when all their tasks run. */
    ChurnedMarathon(int apps) throws InterruptedException {
        this.apps = apps;
        List<SimulatedAgent> agents = SimulatedMarathonSettings.agentsAt("10.0.0.", 4, AGENTS);
        marathon =
                SimulatedMarathon.start(
                        SimulatedMarathonSettings.defaults().withAgents(agents).withSeed(1));
        marathon.watch(new FirstRuns(firstRunAt));
        for (int i = 0; i < apps; i++) {
            marathon.deploy(definition(name(i), i));
        }
        long deadline = System.nanoTime() + DEPLOYMENT.toNanos();
        while (marathon.isDeploying()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not all apps run within " + DEPLOYMENT);
            }
            Thread.sleep(200);
        }
        firstRunAt.clear();
    }

    private static String name(int number) {
        return "app-" + number;
    }

    /** Given ports are service ports, not host ports: Marathon's own range has only 10,000. */
    private static String definition(String name, int number) {
        return """
        {"id": "/%s", "cmd": "serve", "instances": 1,
         "portDefinitions": [{"port": %d, "name": "http", "protocol": "tcp",
                              "labels": {"VIP_0": "/%s:80"}}],
         "healthChecks": [{"protocol": "MESOS_HTTP", "path": "/", "portIndex": 0}]}
        """
                .formatted(name, 10_000 + number % 50_000, name);
    }

    URI url() {
        return marathon.url();
    }

    /** Begins to change apps; {@link #close} ends it. */
    void startChurn() {
        churn.setDaemon(true);
        churn.start();
    }

    /** Keeps the mean rate: changes that were late, because Marathon listed, follow at once. */
    private void churn() {
        Random random = new Random(1);
        List<String> scaled = new ArrayList<>();
        long due = System.nanoTime();
        for (int i = 0; !stopped; i++) {
            due += INTERVAL.toNanos();
            LockSupport.parkNanos(due - System.nanoTime());
            try {
                change(i, random, scaled);
                changes.incrementAndGet();
            } catch (NoSuchElementException ended) { // the task ended before it was killed
                refusals.incrementAndGet();
            }
        }
    }

    private void change(int number, Random random, List<String> scaled) {
        switch (number % 3) {
            case 0 -> scale(name(random.nextInt(apps)), scaled);
            case 1 -> kill(name(random.nextInt(apps)));
            default -> deploy("new-" + number);
        }
    }

    /** Scales up to two tasks; every second time another app back to one. */
    private void scale(String name, List<String> scaled) {
        boolean down = scaled.size() > 1;
        String changed = down ? scaled.removeFirst() : name;
        touch(changed);
        marathon.scale("/" + changed, down ? 1 : 2);
        if (!down) {
            scaled.add(changed);
        }
    }

    private void kill(String name) {
        touch(name);
        List<SimulatedMarathon.RunningTask> tasks = marathon.runningTasks("/" + name);
        marathon.kill(tasks.getFirst().id());
    }

    /** Adds an app with one VIP, both of this name. */
    void deploy(String name) {
        touch(name);
        marathon.deploy(definition(name, changes.get()));
    }

    private void touch(String name) {
        changedAt.put(name, System.nanoTime());
    }

    /** {@link System#nanoTime} when the first task of an added app ran; empty before. */
    Optional<Long> firstRunAt(String name) {
        return Optional.ofNullable(firstRunAt.get(name));
    }

    /** Names of all apps, added ones among them. */
    List<String> names() {
        List<String> names = new ArrayList<>(changedAt.keySet());
        for (int i = 0; i < apps; i++) {
            if (!changedAt.containsKey(name(i))) {
                names.add(name(i));
            }
        }
        return names;
    }

    /** Whether an app has not been changed since this {@link System#nanoTime}. */
    boolean unchangedSince(String name, long nanos) {
        Long last = changedAt.get(name);
        return last == null || last - nanos < 0;
    }

    /** Returns the number of changes so far. */
    int changes() {
        return changes.get();
    }

    /** Returns the number of kills that came to nothing, because the app had no running task. */
    int refusals() {
        return refusals.get();
    }

    /** Returns whether the churn thread still runs. */
    boolean churns() {
        return churn.isAlive();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            churn.join(Duration.ofSeconds(10));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        marathon.close();
    }

    /** Notes when the first task of each app starts to run. */
    private record FirstRuns(Map<String, Long> at) implements TaskWatcher {
        @Override
        public void launched(Launch launch) {}

        @Override
        public void updated(String taskId, String state, Optional<Boolean> healthy) {
            if (state.equals("TASK_RUNNING")) {
                String app = taskId.substring(0, taskId.indexOf(".instance-"));
                at.putIfAbsent(app, System.nanoTime());
            }
        }

        @Override
        public void lost(SimulatedAgent agent) {}

        @Override
        public void regained(SimulatedAgent agent) {}
    }
}
