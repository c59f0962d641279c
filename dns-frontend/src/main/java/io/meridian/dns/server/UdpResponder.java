package io.meridian.dns.server;

import io.meridian.dns.answer.FastAnswerer;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.server.QueryHandler.Outcome;
import io.meridian.dns.wire.MessageWriter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * From one datagram to its reply, for one thread: the fast path where it answers, else the {@link
 * QueryHandler}. What must wait for other servers goes to a virtual thread. Never throws for what a
 * client sends.
 */
final class UdpResponder {
    private static final Logger LOG = LoggerFactory.getLogger(UdpResponder.class);

    private final QueryHandler handler;
    private final Counters counters;
    private final Counters.Lane lane;
    private final MessageWriter writer;
    private final FastAnswerer fast;
    private final byte[] fastReply;
    private byte[] reply;

    UdpResponder(QueryHandler handler, Counters counters) {
        this.handler = handler;
        this.counters = counters;
        this.lane = counters.lane();
        this.writer = handler.writer();
        this.fast = handler.fastAnswerer();
        this.fastReply = new byte[handler.udpSize()];
        this.reply = fastReply;
    }

    /** Who sent a datagram, and how to reach them later. */
    interface Client {
        /** A new object each time; asked only when it matters. */
        InetSocketAddress address();

        /** Any thread may call it, when the datagram is long forgotten. */
        void send(byte[] reply, InetSocketAddress to) throws IOException;
    }

    /**
     * @param packet not kept
     * @param length how many of its bytes count
     * @param client not kept
     * @return length of what to send now, in {@link #reply}; 0: nothing
     */
    int respond(byte[] packet, int length, Client client) {
        int fastLength = fast(packet, length, client);
        if (fastLength != FastAnswerer.NOT_MINE) {
            lane.count(Event.UDP_QUERIES);
            lane.answered(fast.code());
            if (fast.truncated()) {
                lane.count(Event.TRUNCATED);
            }
            reply = fastReply;
            return fastLength;
        }
        return switch (handler.handle(packet, length, client.address(), false, writer)) {
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
        if (handler.limitsAnswers()) {
            return FastAnswerer.NOT_MINE; // it does not know who asks
        }
        try {
            // The address is looked at only where it makes a difference.
            boolean recursion = handler.forwards() && handler.offersRecursion(client.address());
            return fast.answer(handler.image(), packet, length, recursion, fastReply);
        } catch (RuntimeException e) {
            handler.logFault("cannot answer a query of " + length + " bytes in one pass", e);
            return FastAnswerer.NOT_MINE;
        }
    }

    /** Where the last reply is; overwritten by the next. */
    byte[] reply() {
        return reply;
    }

    private void forward(Client client, Outcome.Forward work) {
        byte[] answer = handler.forward(work, false);
        try {
            client.send(answer, work.client());
        } catch (IOException | RuntimeException e) {
            LOG.debug("reply not sent: client={}: {}", work.client(), e.toString());
            counters.count(Event.DROPPED);
        }
    }

    /**
     * Replies the kernel would not take (no route, port 0, full buffer) are lost datagrams; the
     * clients ask again.
     */
    void lost(int count) {
        lane.count(Event.DROPPED, count);
    }

    /** Keeps what was counted. */
    void close() {
        lane.close();
    }
}
