package io.meridian.controlplane.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the limits must know of one client's connection. The stream's threads write, the listener's
 * watchdog reads.
 */
final class HttpConnection {
    private final InetAddress client;
    private final AtomicInteger answering = new AtomicInteger();
    private volatile boolean reading;
    private volatile boolean sending;
    private volatile long since = System.nanoTime();
    private volatile long sendingSince;
    private Runnable cut = () -> {};
    private boolean closed;

    HttpConnection(InetAddress client) {
        this.client = client;
    }

    /**
     * The connection's stream runs.
     *
     * @param reset ends the stream at once; may be called more than once
     */
    synchronized void opened(Runnable reset) {
        cut = reset;
        if (closed) {
            reset.run();
        }
    }

    /** Key of the client's IPv4 address or IPv6 /64. */
    long clientKey() {
        byte[] bytes = client.getAddress();
        long key = 0;
        for (int i = 0; i < Math.min(bytes.length, Long.BYTES); i++) {
            key = key << 8 | bytes[i] & 0xff;
        }
        return key;
    }

    /** Bytes of a request have arrived. */
    void received() {
        if (answering.get() == 0 && !reading) {
            since = System.nanoTime(); // of the first byte: the whole request counts
            reading = true;
        }
    }

    /** A whole request is being answered. */
    void asked() {
        answering.incrementAndGet();
        reading = false;
    }

    /** The answer is complete, though not yet sent. */
    void answered() {
        since = System.nanoTime(); // set before the connection counts as idle
        answering.decrementAndGet();
    }

    /** A part of an answer is handed to the kernel. */
    void sends() {
        sendingSince = System.nanoTime();
        sending = true;
    }

    /** The kernel has taken all parts. */
    void sent() {
        since = System.nanoTime();
        sending = false;
    }

    /** Whether the client awaits nothing; the connection may be half way through a request. */
    boolean isIdle() {
        return answering.get() == 0 && !sending;
    }

    /**
     * Nanoseconds since the last answer, or since the first byte of a request that is not whole.
     */
    long idleNanos(long now) {
        return now - since;
    }

    /** Whether the client has not sent a whole request, or taken a part of an answer, in time. */
    boolean isOverdue(long now, Duration limit) {
        return sending
                ? now - sendingSince > limit.toNanos()
                : answering.get() == 0 && idleNanos(now) > limit.toNanos();
    }

    /** Resets the connection. */
    synchronized void close() {
        closed = true;
        cut.run();
    }
}
