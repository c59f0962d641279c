package io.meridian.dns.server;

import io.meridian.dns.forward.ForwardedResponse;
import io.meridian.dns.forward.Forwarding;
import io.meridian.dns.limit.RateLimiter.Verdict;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.transfer.TsigSigner;
import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.ReadResult;
import io.meridian.dns.wire.Response;
import io.meridian.dns.wire.ResponseCode;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;

/**
 * Encodes the replies of the slow path: asks the rate limiter, chooses the size limit, writes,
 * signs and counts. Any thread may call it, each with a {@link MessageWriter} of its own.
 */
public final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);
    private static final int MIN_UDP = 512;

    /** A limit into which no record fits, so the reply has TC and the client asks over TCP. */
    private static final int NO_RECORDS = 0;

    private final Forwarding forwarding;
    private final int udpSize;
    private final byte[] nsid;
    private final int idleTenths;
    private final AnswerLimits limits;
    private final Counters counters;

    /**
     * @param udpSize largest UDP message that the server sends and announces, in bytes
     * @param nsid see {@link MessageWriter#MessageWriter(int, byte[], int)}
     * @param tcpIdleTimeout announced to clients that send EDNS TCP keepalive (RFC 7828)
     */
    public Replies(
            Forwarding forwarding,
            int udpSize,
            byte[] nsid,
            Duration tcpIdleTimeout,
            AnswerLimits limits,
            Counters counters) {
        this.forwarding = forwarding;
        this.udpSize = udpSize;
        this.nsid = nsid.clone();
        this.idleTenths = (int) Math.min(0xffff, tcpIdleTimeout.toMillis() / 100);
        this.limits = limits;
        this.counters = counters;
    }

    MessageWriter writer() {
        return new MessageWriter(udpSize, nsid, idleTenths);
    }

    int udpSize() {
        return udpSize;
    }

    AnswerLimits limits() {
        return limits;
    }

    /** RA: whether this client gets answers for names outside our zones. */
    boolean offersRecursion(Peer peer) {
        return forwarding.isAvailableTo(peer.address().getAddress());
    }

    Outcome reply(Peer peer, Query query, Answer answer, MessageWriter writer) {
        return reply(peer, query, answer, writer, null);
    }

    /**
     * Answers from our own zones.
     *
     * @param signer signs the reply; null for an unsigned query
     */
    Outcome reply(
            Peer peer,
            Query query,
            Answer answer,
            MessageWriter writer,
            @Nullable TsigSigner signer) {
        Verdict verdict =
                isUnlimited(query, peer)
                        ? Verdict.SEND
                        : limits.judge(AnswerLimits.kind(answer), peer.address());
        return switch (verdict) {
            case SEND -> {
                int room = limit(query, peer) - (signer == null ? 0 : signer.size());
                int length = written(peer, query, answer, room, writer);
                yield new Outcome.Reply(signer == null ? length : signer.sign(writer, length));
            }
            // An error has no records, so it is sent without TC.
            case TRUNCATE -> new Outcome.Reply(written(peer, query, answer, NO_RECORDS, writer));
            case DROP -> new Outcome.Silence();
        };
    }

    private int written(Peer peer, Query query, Answer answer, int limit, MessageWriter writer) {
        int length = writer.write(query, answer, limit, offersRecursion(peer));
        counters.answered(answer.code());
        countTruncated(peer, query, writer);
        return length;
    }

    /** Answers with the response of an upstream server, or with SERVFAIL if there is none. */
    Outcome reply(Outcome.Forward work, ForwardedResponse forwarded, MessageWriter writer) {
        Query query = work.query();
        Response response = forwarded.response().orElse(null);
        // A response that was truncated over TCP as well is no answer for a client over TCP.
        if (response == null || work.peer().tcp() && response.isTruncated()) {
            counters.count(Event.FORWARD_FAILURES);
            return reply(work.peer(), query, Answer.of(ResponseCode.SERVFAIL), writer);
        }
        Verdict verdict =
                isUnlimited(query, work.peer())
                        ? Verdict.SEND
                        : limits.judge(AnswerLimits.kind(response), work.peer().address());
        return switch (verdict) {
            case SEND ->
                    new Outcome.Reply(
                            written(work, response, forwarded, limit(query, work.peer()), writer));
            case TRUNCATE ->
                    new Outcome.Reply(written(work, response, forwarded, NO_RECORDS, writer));
            case DROP -> new Outcome.Silence();
        };
    }

    private int written(
            Outcome.Forward work,
            Response response,
            ForwardedResponse forwarded,
            int limit,
            MessageWriter writer) {
        boolean authentic =
                forwarding.forwarder().trustsAd()
                        && response.isAuthentic()
                        && (work.wantsAuthenticData() || work.query().edns().dnssecOk());
        int length =
                writer.write(
                        work.query(),
                        response,
                        forwarded.rule(),
                        limit,
                        offersRecursion(work.peer()),
                        authentic);
        countTruncated(work.peer(), work.query(), writer);
        return length;
    }

    /** Answers a malformed message by a header only. */
    Outcome malformed(Peer peer, ReadResult.Malformed malformed, MessageWriter writer) {
        counters.count(Event.MALFORMED);
        boolean dropped =
                !peer.tcp()
                        && limits.judge(
                                        AnswerLimits.kind(Answer.of(malformed.code())),
                                        peer.address())
                                == Verdict.DROP;
        return dropped ? new Outcome.Silence() : headerOnly(malformed, writer);
    }

    /** Answers by a header only, without the rate limiter. */
    Outcome headerOnly(ReadResult.Malformed malformed, MessageWriter writer) {
        counters.answered(malformed.code());
        return new Outcome.Reply(writer.write(malformed));
    }

    /**
     * Counts a reply that lacks records. Over TCP the reply is sent without TC: its records, in the
     * random order of the answer, are a random part of the RRset.
     */
    private void countTruncated(Peer peer, Query query, MessageWriter writer) {
        if (!writer.truncated()) {
            return;
        }
        if (!peer.tcp()) {
            counters.count(Event.TRUNCATED);
            return;
        }
        writer.clearTruncated();
        counters.count(Event.PARTIAL);
        long partial = counters.of(Event.PARTIAL);
        if (Long.bitCount(partial) == 1) { // the 1st, 2nd, 4th, 8th...
            LOG.warn(
                    "cannot send all records: name={}: more than one message of 65535 bytes holds;"
                            + " the client gets a random part; partial replies so far: {}",
                    query.name(),
                    partial);
        }
    }

    /** Over TCP, or with a valid cookie of ours, the client's address is not forged. */
    private static boolean isUnlimited(Query query, Peer peer) {
        return peer.tcp() || query.edns().cookie().valid();
    }

    /** RFC 6891 6.2.3: "values lower than 512 MUST be treated as equal to 512". */
    private int limit(Query query, Peer peer) {
        int theirs = query.edns().present() ? query.edns().udpSize() : MIN_UDP;
        return peer.tcp() ? MessageWriter.MAX_LENGTH : Math.min(udpSize, Math.max(MIN_UDP, theirs));
    }
}
