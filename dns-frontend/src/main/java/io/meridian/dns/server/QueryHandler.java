package io.meridian.dns.server;

import io.meridian.dns.answer.AnswerOrder;
import io.meridian.dns.answer.Answerer;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.answer.FastAnswerer;
import io.meridian.dns.answer.Location;
import io.meridian.dns.answer.Rotation;
import io.meridian.dns.forward.ForwardedResponse;
import io.meridian.dns.forward.Forwarder;
import io.meridian.dns.forward.Forwarding;
import io.meridian.dns.forward.Question;
import io.meridian.dns.forward.Upstreams;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.transfer.TransferReply;
import io.meridian.dns.transfer.TsigSigner;
import io.meridian.dns.transfer.TsigVerdict;
import io.meridian.dns.transfer.ZoneTransfers;
import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.Header;
import io.meridian.dns.wire.MessageReader;
import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.ReadResult;
import io.meridian.dns.wire.Rejection;
import io.meridian.dns.wire.ResponseCode;
import io.meridian.dns.wire.RrSet;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The slow path from one message to its reply: reads the query, decides between our own zones,
 * upstream servers and a zone transfer, and has {@link Replies} encode the result. Never throws
 * and, except in {@link #forward}, never blocks. Any thread may call it, each with a writer of its
 * own.
 */
public final class QueryHandler {
    private static final Logger LOG = LoggerFactory.getLogger(QueryHandler.class);

    private final Supplier<DnsImage> image;
    private final Forwarding forwarding;
    private final ZoneTransfers transfers;
    private final Replies replies;
    private final ServerCookies cookies;
    private final AnswerOrder order;
    private final RandomGenerator random;
    private final Counters counters;

    /**
     * @param image read once per query
     * @param random for the order of records; safe for many threads
     */
    public QueryHandler(
            Supplier<DnsImage> image,
            Forwarding forwarding,
            ZoneTransfers transfers,
            Replies replies,
            ServerCookies cookies,
            AnswerOrder order,
            RandomGenerator random,
            Counters counters) {
        this.image = image;
        this.forwarding = forwarding;
        this.transfers = transfers;
        this.replies = replies;
        this.cookies = cookies;
        this.order = order;
        this.random = random;
        this.counters = counters;
    }

    public MessageWriter writer() {
        return replies.writer();
    }

    /** A fast path for one UDP thread. */
    FastAnswerer fastAnswerer() {
        return new FastAnswerer(
                replies.udpSize(), forwarding.upstreams().origins(), order, new SplittableRandom());
    }

    /** The zones that queries are answered from at this moment. */
    DnsImage image() {
        return image.get();
    }

    Replies replies() {
        return replies;
    }

    /** Whether any client gets answers for names outside our zones. */
    boolean forwards() {
        return !forwarding.upstreams().isEmpty();
    }

    public Outcome handle(Request request, MessageWriter writer) {
        Peer peer = request.peer();
        counters.count(peer.tcp() ? Event.TCP_QUERIES : Event.UDP_QUERIES);
        try {
            return switch (MessageReader.read(request.packet(), request.length())) {
                case ReadResult.Silence _ -> {
                    counters.count(Event.DROPPED);
                    yield new Outcome.Silence();
                }
                case ReadResult.Malformed malformed -> replies.malformed(peer, malformed, writer);
                case Rejection rejection ->
                        replies.reply(
                                peer,
                                accepted(rejection.query(), peer),
                                Answer.of(rejection.code()),
                                writer);
                case Query query -> answer(request, accepted(query, peer), writer);
            };
        } catch (RuntimeException | StackOverflowError e) {
            return fault(request, writer, e);
        }
    }

    /**
     * Asks upstream servers. Blocks until one answers or all have failed.
     *
     * @return the reply; empty if the rate limiter holds it back
     */
    public Optional<byte[]> forward(Outcome.Forward work) {
        ForwardedResponse response = ForwardedResponse.NONE;
        try {
            response =
                    forwarding
                            .forwarder()
                            .ask(
                                    Question.of(work.query()),
                                    work.servers().servers(),
                                    work.peer().tcp());
        } catch (RuntimeException e) {
            logFault("cannot forward: name=" + work.query().name(), e);
        } finally {
            forwarding.forwarder().release(work.peer().address().getAddress());
        }
        MessageWriter writer = writer();
        return replies.reply(work, response, writer) instanceof Outcome.Reply(int length)
                ? Optional.of(Arrays.copyOf(writer.buffer(), length))
                : Optional.empty();
    }

    /**
     * The query without options that have no meaning over its transport, and with its cookie
     * verified.
     */
    private Query accepted(Query asked, Peer peer) {
        Query query = peer.tcp() ? asked : asked.overUdp();
        return query.edns().cookie().present()
                ? query.with(
                        cookies.renewed(
                                query.edns().cookie(), peer.address().getAddress().getAddress()))
                : query;
    }

    private Outcome answer(Request request, Query query, MessageWriter writer) {
        DnsImage now = image.get();
        Location location = now.locate(query.name());
        Optional<Upstreams.Choice> servers =
                query.isTransfer()
                        ? Optional.empty()
                        : forwarding.servers(query.name(), location.matchedLabels());
        if (servers.isPresent()) {
            return foreign(
                    new Outcome.Forward(
                            query, request.wantsAuthenticData(), request.peer(), servers.get()),
                    writer);
        }
        return switch (transfers.verify(request.packet(), request.length())) {
            case TsigVerdict.Unsigned _ -> own(request, query, now, location, writer, null);
            case TsigVerdict.Valid valid -> own(request, query, now, location, writer, valid);
            case TsigVerdict.Refused refused ->
                    replies.reply(
                            request.peer(),
                            query,
                            Answer.of(ResponseCode.NOTAUTH),
                            writer,
                            refused.signer());
            case TsigVerdict.Malformed _ ->
                    replies.malformed(
                            request.peer(),
                            new ReadResult.Malformed(query.header(), ResponseCode.FORMERR),
                            writer);
        };
    }

    /** Answers from the cache of forwarded responses, or asks for a thread that may block. */
    private Outcome foreign(Outcome.Forward work, MessageWriter writer) {
        Forwarder forwarder = forwarding.forwarder();
        Peer peer = work.peer();
        if (!replies.offersRecursion(peer)) {
            return replies.reply(peer, work.query(), Answer.of(ResponseCode.REFUSED), writer);
        }
        counters.count(Event.FORWARDED);
        Optional<ForwardedResponse> cached = forwarder.cached(Question.of(work.query()));
        if (cached.isPresent()) {
            return replies.reply(work, cached.get(), writer);
        }
        return forwarder.reserve(peer.address().getAddress())
                ? work
                : replies.reply(work, ForwardedResponse.NONE, writer);
    }

    /**
     * Answers from our own zones.
     *
     * @param signed null for an unsigned query; the reply to a signed one is signed
     */
    private Outcome own(
            Request request,
            Query query,
            DnsImage now,
            Location location,
            MessageWriter writer,
            TsigVerdict.@Nullable Valid signed) {
        Peer peer = request.peer();
        TsigSigner signer = signed == null ? null : signed.signer();
        if (!query.isTransfer()) {
            Answer answer = ordered(Answerer.answer(now, query, location), query);
            return replies.reply(peer, query, answer, writer, signer);
        }
        TransferReply transfer =
                transfers.answer(
                        query,
                        request.packet(),
                        request.length(),
                        peer.address(),
                        peer.tcp(),
                        now,
                        Optional.ofNullable(signed));
        return switch (transfer) {
            case TransferReply.Refusal refusal ->
                    replies.reply(peer, query, Answer.of(refusal.code()), writer, signer);
            case TransferReply.Current current ->
                    replies.reply(peer, query, only(current.soa()), writer, signer);
            case TransferReply.Messages messages -> {
                counters.answered(ResponseCode.NOERROR);
                yield new Outcome.Stream(messages.stream());
            }
        };
    }

    private static Answer only(RrSet set) {
        return new Answer(ResponseCode.NOERROR, true, List.of(set), List.of(), List.of());
    }

    private Answer ordered(Answer answer, Query query) {
        return switch (order) {
            case RANDOM -> Rotation.shuffled(answer, random);
            case ROUND_ROBIN -> Rotation.rotated(answer, query.header().id());
        };
    }

    private Outcome fault(Request request, MessageWriter writer, Throwable cause) {
        logFault("cannot answer a query of " + request.length() + " bytes", cause);
        return replies.headerOnly(
                new ReadResult.Malformed(Header.read(request.packet()), ResponseCode.SERVFAIL),
                writer);
    }

    /** Logs the 1st, 2nd, 4th, 8th... fault, so that a flood of bad packets can't fill a disk. */
    void logFault(String what, Throwable cause) {
        counters.count(Event.FAULTS);
        long faults = counters.of(Event.FAULTS);
        if (Long.bitCount(faults) == 1) {
            LOG.error("{}; client gets SERVFAIL; faults so far: {}", what, faults, cause);
        }
    }
}
