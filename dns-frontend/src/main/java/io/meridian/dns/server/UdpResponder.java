package io.meridian.dns.server;

import io.meridian.dns.answer.FastAnswerer;
import io.meridian.dns.limit.RateLimiter.Kind;
import io.meridian.dns.limit.RateLimiter.Verdict;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.wire.MessageWriter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Answers the datagrams of one thread: by the fast path where that can, else by the {@link
 * QueryHandler}. The rate limiter sees the answers of both. A virtual thread waits for upstream
 * servers. Never throws for what a client sends.
 */
final class UdpResponder {
    private static final Logger LOG = LoggerFactory.getLogger(UdpResponder.class);

    private final QueryHandler handler;
    private final Counters counters;
    private final Counters.Lane lane;
    private final MessageWriter writer;
    private final FastAnswerer fast;
    private final AnswerLimits limits;
    private final byte[] fastReply;
    private byte[] reply;

    UdpResponder(QueryHandler handler, Counters counters) {
        this.handler = handler;
        this.counters = counters;
        this.lane = counters.lane();
        this.writer = handler.writer();
        this.fast = handler.fastAnswerer();
        this.limits = handler.replies().limits();
        this.fastReply = new byte[handler.replies().udpSize()];
        this.reply = fastReply;
    }

    /** The sender of a datagram. */
    interface Client {
        /** Makes a new object each time. */
        InetSocketAddress address();

        /** Upper half of the address, see {@link io.meridian.dns.limit.RateLimiter}. */
        long addressHigh();

        /** Lower half of the address. */
        long addressLow();

        /** Sends a datagram; any thread may call it, also after the next datagram has come. */
        void send(byte[] reply, InetSocketAddress to) throws IOException;
    }

    /**
     * @param packet holds the datagram from index 0; not kept
     * @param length of the datagram in bytes
     * @param client not kept
     * @return length of the reply, in {@link #reply}; 0 if nothing is to be sent now
     */
    int respond(byte[] packet, int length, Client client) {
        int fastLength = fast(packet, length, client);
        return fastLength == FastAnswerer.FALL_BACK
                ? slow(packet, length, client)
                : limited(fastLength, client);
    }

    /** Lets the rate limiter decide on the fast path's reply, and counts the reply. */
    private int limited(int length, Client client) {
        lane.count(Event.UDP_QUERIES);
        int sent =
                switch (verdict(client)) {
                    case SEND -> length;
                    case TRUNCATE -> fast.truncate(fastReply);
                    case DROP -> 0;
                };
        if (sent > 0) {
            lane.answered(fast.code());
            if (fast.truncated()) {
                lane.count(Event.TRUNCATED);
            }
            reply = fastReply;
        }
        return sent;
    }

    private Verdict verdict(Client client) {
        if (!limits.areOn()) {
            return Verdict.SEND;
        }
        Kind kind = fast.positive() ? Kind.POSITIVE : Kind.NEGATIVE;
        return limits.judge(kind, client.addressHigh(), client.addressLow());
    }

    private int slow(byte[] packet, int length, Client client) {
        Request request = new Request(packet, length, new Peer(client.address(), false));
        return switch (handler.handle(request, writer)) {
            case Outcome.Reply(int replyLength) -> {
                reply = writer.buffer();
                yield replyLength;
            }
            case Outcome.Forward work -> {
                Thread.ofVirtual().start(() -> forward(client, work));
                yield 0;
            }
            case Outcome.Stream _ -> throw new IllegalStateException("one query, one datagram");
            case Outcome.Silence _ -> 0;
        };
    }

    private int fast(byte[] packet, int length, Client client) {
        try {
            // Makes the address an object only where the answer depends on it.
            boolean recursion =
                    handler.forwards()
                            && handler.replies().offersRecursion(new Peer(client.address(), false));
            return fast.answer(handler.image(), packet, length, recursion, fastReply);
        } catch (RuntimeException e) {
            handler.logFault("cannot answer a query of " + length + " bytes in one pass", e);
            return FastAnswerer.FALL_BACK;
        }
    }

    /** The buffer of the last reply; the next reply overwrites it. */
    byte[] reply() {
        return reply;
    }

    private void forward(Client client, Outcome.Forward work) {
        Optional<byte[]> answer = handler.forward(work);
        if (answer.isEmpty()) {
            return;
        }
        InetSocketAddress to = work.peer().address();
        try {
            client.send(answer.get(), to);
        } catch (IOException | RuntimeException e) {
            LOG.debug("cannot send reply: client={}: {}", to, e.toString());
            counters.count(Event.DROPPED);
        }
    }

    /**
     * Counts replies that the kernel refused (no route, port 0, full buffer). Clients repeat their
     * queries.
     */
    void lost(int count) {
        lane.count(Event.DROPPED, count);
    }

    /** Adds this thread's counts to the shared counters. */
    void close() {
        lane.close();
    }
}
