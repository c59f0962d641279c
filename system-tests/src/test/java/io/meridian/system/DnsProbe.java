package io.meridian.system;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Queries one name continuously. Records answers other than its data (NXDOMAIN, NODATA, SERVFAIL)
 * while the name must exist.
 */
final class DnsProbe implements AutoCloseable {
    private final DnsClient dns;
    private final String name;
    private final BooleanSupplier mustExist;
    private final Queue<String> denials = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param mustExist evaluated after each answer; while false, any answer is right
     */
    static DnsProbe start(int port, String name, BooleanSupplier mustExist) throws IOException {
        DnsProbe probe = new DnsProbe(port, name, mustExist);
        probe.thread.start();
        return probe;
    }

    private DnsProbe(int port, String name, BooleanSupplier mustExist) throws IOException {
        this.dns = new DnsClient(port).patience(Duration.ofMillis(500));
        this.name = name;
        this.mustExist = mustExist;
        this.thread = Thread.ofPlatform().daemon().name("dns-probe").unstarted(this::run);
    }

    private void run() {
        try {
            while (!closed) {
                Optional<DnsClient.Answer> answer = dns.tryToAsk(name, "A");
                if (answer.isPresent()) {
                    answers.incrementAndGet();
                    boolean denied =
                            answer.get().code().equals("NXDOMAIN")
                                    || answer.get().code().equals("SERVFAIL")
                                    || answer.get().code().equals("NOERROR")
                                            && answer.get().data().isEmpty();
                    if (denied && mustExist.getAsBoolean()) {
                        denials.add(answer.get().toString());
                    }
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Number of answered queries, with any answer. */
    int answers() {
        return answers.get();
    }

    List<String> denials() {
        return List.copyOf(denials);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
