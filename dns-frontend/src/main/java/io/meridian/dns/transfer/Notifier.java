package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Sends NOTIFY for changed zones to one secondary, one zone at a time, on a thread of its own. */
final class Notifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    private static final int ANSWER_MILLIS = 2_000;

    private final NotifyTarget target;
    private final NotifyExchange exchange;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Map<DnsName, NotifyState> states = new HashMap<>(); // guarded by lock
    private Optional<Thread> thread = Optional.empty();

    Notifier(NotifyTarget target, TsigKeys keys) {
        this.target = target;
        this.exchange = new NotifyExchange(target, keys);
    }

    /**
     * @param addresses listening addresses without wildcards; NOTIFY is sent from the first one of
     *     the secondary's family, or from the route's address if there is none
     */
    void start(List<InetAddress> addresses) {
        int family = target.address().getAddress().getAddress().length;
        Optional<InetSocketAddress> from =
                addresses.stream()
                        .filter(address -> address.getAddress().length == family)
                        .findFirst()
                        .map(address -> new InetSocketAddress(address, 0));
        thread =
                Optional.of(
                        Thread.ofVirtual()
                                .name("dns-notify-" + target.address())
                                .start(() -> run(from)));
    }

    /** Records that a zone has changed. Never blocks for long. */
    void changed(DnsName zone) {
        if (!target.wants(zone)) {
            return;
        }
        lock.lock();
        try {
            states.merge(zone, NotifyState.IDLE.changed(now()), (old, _) -> old.changed(now()));
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run(Optional<InetSocketAddress> from) {
        try {
            while (true) {
                DnsName zone = nextDue();
                Optional<String> failure = exchange.tell(zone, from, ANSWER_MILLIS);
                settle(zone, failure);
            }
        } catch (InterruptedException e) {
            LOG.debug("NOTIFY ends: secondary={}", target.address());
        }
    }

    /**
     * Waits until a NOTIFY is due.
     *
     * @return the zone to notify of
     */
    private DnsName nextDue() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Map.Entry<DnsName, NotifyState> next = null;
                for (Map.Entry<DnsName, NotifyState> entry : states.entrySet()) {
                    if (next == null || entry.getValue().due() < next.getValue().due()) {
                        next = entry;
                    }
                }
                long due = next == null ? NotifyState.NEVER : next.getValue().due();
                long wait = due - now();
                if (next != null && wait <= 0) {
                    next.setValue(next.getValue().sending(now()));
                    return next.getKey();
                }
                if (due == NotifyState.NEVER) {
                    news.await();
                } else {
                    news.awaitNanos(wait * 1_000_000);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void settle(DnsName zone, Optional<String> failure) {
        lock.lock();
        try {
            NotifyState state = Objects.requireNonNull(states.get(zone));
            if (failure.isPresent()) {
                if (state.failures() == 0) {
                    LOG.warn(
                            "cannot notify secondary: address={} zone={}: {}; sending again until"
                                    + " it answers",
                            target.address(),
                            zone,
                            failure.get());
                }
                states.put(zone, state.failed(now()));
            } else {
                if (state.failures() > 0) {
                    LOG.info(
                            "secondary notified: address={} zone={} attempts={}",
                            target.address(),
                            zone,
                            state.failures() + 1);
                }
                states.put(zone, state.acknowledged());
            }
        } finally {
            lock.unlock();
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public void close() {
        thread.ifPresent(Thread::interrupt);
    }
}
