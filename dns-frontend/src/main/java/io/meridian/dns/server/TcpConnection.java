package io.meridian.dns.server;

import io.meridian.dns.wire.MessageWriter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connection of one client. One virtual thread reads queries with their two-byte length and
 * answers those that need no waiting. Other queries get a thread of their own and are answered out
 * of order (RFC 7766 6.2.1.1, 7). The messages of a transfer are sent by one thread, in order;
 * other replies may come between.
 *
 * <p>A waiting connection holds a small buffer. Memory for a message grows with the bytes that have
 * arrived, not with the announced length.
 */
final class TcpConnection {
    private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);
    private static final int BUFFER = 512;

    private final Socket socket;
    private final InetSocketAddress client;
    private final Peer peer;
    private final QueryHandler handler;
    private final int inFlight;
    private final long patienceNanos;
    private final Semaphore places;
    private final ReentrantLock sending = new ReentrantLock();
    private volatile long idleSince = System.nanoTime();
    private volatile long sendingSince;
    private volatile boolean isSending;
    private volatile boolean finishing;

    TcpConnection(Socket socket, InetSocketAddress client, QueryHandler handler, TcpLimits limits) {
        this.socket = socket;
        this.client = client;
        this.peer = new Peer(client, true);
        this.handler = handler;
        this.inFlight = limits.inFlight();
        this.patienceNanos = limits.idleTimeout().toNanos();
        this.places = new Semaphore(inFlight);
    }

    /** Key of the client's IPv4 address or IPv6 /64. */
    long clientKey() {
        byte[] bytes = client.getAddress().getAddress();
        long key = 0;
        for (int i = 0; i < Math.min(bytes.length, Long.BYTES); i++) {
            key = key << 8 | bytes[i] & 0xff;
        }
        return key;
    }

    /** Whether no query is in progress. */
    boolean isIdle() {
        return places.availablePermits() == inFlight;
    }

    /** Nanoseconds since the last query came or was answered; valid for an idle connection. */
    long idleNanos(long now) {
        return now - idleSince;
    }

    /**
     * Whether the client has exceeded the idle timeout, while accepting the reply in progress or,
     * without one, while sending a whole query.
     */
    boolean isOverdue(long now) {
        return isSending
                ? now - sendingSince > patienceNanos
                : isIdle() && idleNanos(now) > patienceNanos;
    }

    /** Serves until the client or the server closes the connection; never throws. */
    void serve() {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
            boolean more = true;
            while (more && !finishing) {
                Optional<byte[]> query = read(in);
                more = query.isPresent() && answer(query.get());
            }
            // A client may close its sending half after the last query and wait for the replies.
            places.acquireUninterruptibly(inFlight);
        } catch (IOException e) {
            LOG.trace("TCP connection ended: client={}: {}", client, e.toString());
        }
    }

    /**
     * @return empty at the end of the stream
     */
    private static Optional<byte[]> read(InputStream in) throws IOException {
        int high = in.read();
        if (high < 0) {
            return Optional.empty();
        }
        int low = in.read();
        int length = high << 8 | low;
        byte[] message = new byte[Math.min(Math.max(length, 0), BUFFER)];
        int at = 0;
        while (low >= 0 && at < length) {
            if (at == message.length) {
                message = Arrays.copyOf(message, Math.min(length, 2 * at));
            }
            int count = in.read(message, at, message.length - at);
            if (count < 0) {
                break;
            }
            at += count;
        }
        if (low < 0 || at < length) {
            throw new EOFException("connection ended within a query");
        }
        return Optional.of(message);
    }

    /**
     * @return false after a message that gets no reply, which ends the connection
     */
    private boolean answer(byte[] query) throws IOException {
        places.acquireUninterruptibly();
        boolean apart = false;
        try {
            MessageWriter writer = handler.writer();
            switch (handler.handle(new Request(query, query.length, peer), writer)) {
                case Outcome.Reply reply -> send(writer.buffer(), reply.length());
                case Outcome.Forward work -> {
                    Thread.ofVirtual().name("dns-tcp-forward").start(() -> forward(work));
                    apart = true;
                }
                case Outcome.Stream stream -> {
                    Thread.ofVirtual().name("dns-tcp-stream").start(() -> send(stream));
                    apart = true;
                }
                case Outcome.Silence _ -> {
                    return false;
                }
            }
            return true;
        } finally {
            if (!apart) {
                answered();
            }
        }
    }

    private void forward(Outcome.Forward work) {
        try {
            Optional<byte[]> reply = handler.forward(work);
            if (reply.isPresent()) {
                send(reply.get(), reply.get().length);
            }
        } catch (IOException e) {
            LOG.trace("cannot send TCP reply: client={}: {}", client, e.toString());
        } finally {
            answered();
        }
    }

    private void send(Outcome.Stream stream) {
        try {
            stream.messages().writeTo(this::send);
        } catch (IOException e) {
            LOG.trace("cannot finish TCP transfer: client={}: {}", client, e.toString());
        } finally {
            answered();
        }
    }

    private void answered() {
        idleSince = System.nanoTime(); // set before the connection counts as idle
        places.release();
    }

    private void send(byte[] message, int length) throws IOException {
        byte[] framed = new byte[length + 2];
        framed[0] = (byte) (length >> 8);
        framed[1] = (byte) length;
        System.arraycopy(message, 0, framed, 2, length);
        sending.lock();
        try {
            sendingSince = System.nanoTime();
            isSending = true;
            // Length and message in one segment (RFC 7766 8).
            socket.getOutputStream().write(framed);
        } finally {
            isSending = false;
            sending.unlock();
        }
    }

    /** Reads no further query, sends the pending replies, and closes. */
    void finish() {
        finishing = true;
        try {
            socket.shutdownInput();
        } catch (IOException e) {
            LOG.trace("cannot shut down TCP input: client={}: {}", client, e.toString());
        }
    }

    /**
     * Closes at once. With a reply in progress it resets the connection, so that the kernel does
     * not go on sending to a slow client.
     */
    void close() {
        try {
            if (isSending) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            LOG.debug("cannot close TCP connection: client={}: {}", client, e.toString());
        }
    }
}
