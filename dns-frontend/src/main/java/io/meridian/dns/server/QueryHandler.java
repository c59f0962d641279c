package io.meridian.dns.server;

import io.meridian.dns.answer.AnswerOrder;
import io.meridian.dns.answer.Answerer;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.answer.FastAnswerer;
import io.meridian.dns.answer.Rotation;
import io.meridian.dns.forward.Forwarder;
import io.meridian.dns.forward.Forwarding;
import io.meridian.dns.forward.Question;
import io.meridian.dns.forward.Relay;
import io.meridian.dns.forward.Upstreams;
import io.meridian.dns.limit.RateLimiter.Verdict;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.transfer.MessageStream;
import io.meridian.dns.transfer.TransferReply;
import io.meridian.dns.transfer.TsigSigner;
import io.meridian.dns.transfer.TsigVerdict;
import io.meridian.dns.transfer.ZoneTransfers;
import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Header;
import io.meridian.dns.wire.MessageReader;
import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.ReadResult;
import io.meridian.dns.wire.Rejection;
import io.meridian.dns.wire.Response;
import io.meridian.dns.wire.ResponseCode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * From one message to its reply, for one server. Never throws and, except in {@link #forward},
 * never blocks. Any thread may call it, each with a writer of its own.
 */
public final class QueryHandler {
    private static final Logger LOG = LoggerFactory.getLogger(QueryHandler.class);
    private static final int MIN_UDP = 512;

    private final Supplier<DnsImage> image;
    private final Forwarding forwarding;
    private final ZoneTransfers transfers;
    private final int udpSize;
    private final byte[] nsid;
    private final int idleTenths;
    private final ServerCookies cookies;
    private final AnswerOrder order;
    private final AnswerLimits limits;
    private final RandomGenerator random;
    private final Counters counters;

    /**
     * @param image read once per query
     * @param udpSize largest UDP message we send, and announce
     * @param nsid see {@link MessageWriter#MessageWriter(int, byte[], int)}
     * @param tcpIdleTimeout what a client is told that asks (RFC 7828)
     * @param random for the order of records; safe for many threads
     */
    public QueryHandler(
            Supplier<DnsImage> image,
            Forwarding forwarding,
            ZoneTransfers transfers,
            int udpSize,
            byte[] nsid,
            Duration tcpIdleTimeout,
            ServerCookies cookies,
            AnswerOrder order,
            AnswerLimits limits,
            RandomGenerator random,
            Counters counters) {
        this.image = image;
        this.forwarding = forwarding;
        this.transfers = transfers;
        this.udpSize = udpSize;
        this.nsid = nsid.clone();
        this.idleTenths = (int) Math.min(0xffff, tcpIdleTimeout.toMillis() / 100);
        this.cookies = cookies;
        this.order = order;
        this.limits = limits;
        this.random = random;
        this.counters = counters;
    }

    /** What to do with a message. */
    public sealed interface Outcome {
        /** Send the first {@code length} bytes of the writer's buffer. */
        record Reply(int length) implements Outcome {}

        /** Send each message that it gives, in order; only over TCP, where blocking is allowed. */
        record Stream(MessageStream messages) implements Outcome {}

        /** Send nothing. */
        record Silence() implements Outcome {}

        /**
         * Call {@link QueryHandler#forward} where blocking is allowed; a place in flight is held
         * for it.
         *
         * @param authenticData AD in the query: the client would like to hear of validation
         */
        record Forward(
                Query query,
                boolean authenticData,
                InetSocketAddress client,
                Upstreams.Choice servers)
                implements Outcome {}
    }

    public MessageWriter writer() {
        return new MessageWriter(udpSize, nsid, idleTenths);
    }

    /** For one UDP thread. */
    FastAnswerer fastAnswerer() {
        return new FastAnswerer(
                udpSize, forwarding.upstreams().origins(), order, new SplittableRandom());
    }

    /** What queries are answered from at this moment. */
    DnsImage image() {
        return image.get();
    }

    /** Whether an answer over UDP hangs on how many its client had. */
    boolean limitsAnswers() {
        return limits.areOn();
    }

    int udpSize() {
        return udpSize;
    }

    /** Whether anybody gets answers for names outside our zones. */
    boolean forwards() {
        return !forwarding.upstreams().isEmpty();
    }

    /** RA: whether this client would get an answer for any name outside our zones. */
    boolean offersRecursion(InetSocketAddress client) {
        return forwarding.isAvailableTo(client.getAddress());
    }

    /**
     * @param packet not kept
     * @param length how many of its bytes count
     * @param client who sent it
     */
    public Outcome handle(
            byte[] packet,
            int length,
            InetSocketAddress client,
            boolean tcp,
            MessageWriter writer) {
        counters.count(tcp ? Event.TCP_QUERIES : Event.UDP_QUERIES);
        try {
            return switch (MessageReader.read(packet, length)) {
                case ReadResult.Silence _ -> {
                    counters.count(Event.DROPPED);
                    yield new Outcome.Silence();
                }
                case ReadResult.Malformed malformed -> {
                    counters.count(Event.MALFORMED);
                    yield malformed(malformed, client, tcp, writer);
                }
                case Rejection rejection ->
                        reply(
                                known(rejection.query(), client, tcp),
                                Answer.of(rejection.code()),
                                client,
                                tcp,
                                writer);
                case Query query ->
                        answer(packet, length, known(query, client, tcp), client, tcp, writer);
            };
        } catch (RuntimeException | StackOverflowError e) {
            return fault(packet, length, writer, e);
        }
    }

    /** The query with its cookie looked at, and without what its transport makes void. */
    private Query known(Query asked, InetSocketAddress client, boolean tcp) {
        Query query = tcp ? asked : asked.overUdp();
        return query.edns().cookie().present()
                ? query.with(
                        cookies.renewed(query.edns().cookie(), client.getAddress().getAddress()))
                : query;
    }

    /** Blocks until a server answers or all have failed. */
    public byte[] forward(Outcome.Forward work, boolean tcp) {
        MessageWriter writer = writer();
        Relay relay = Relay.NOTHING;
        try {
            Question question = Question.of(work.query());
            relay = forwarding.forwarder().ask(question, work.servers().servers(), tcp);
        } catch (RuntimeException e) {
            logFault("cannot forward: name=" + work.query().name(), e);
        } finally {
            forwarding.forwarder().release(work.client().getAddress());
        }
        int length = relay(work, relay, tcp, writer);
        return Arrays.copyOf(writer.buffer(), length);
    }

    private Outcome answer(
            byte[] packet,
            int length,
            Query query,
            InetSocketAddress client,
            boolean tcp,
            MessageWriter writer) {
        DnsImage now = image.get();
        Optional<Upstreams.Choice> servers = forwardTo(now, query.name());
        if (servers.isPresent() && !query.isTransfer()) {
            boolean authenticData = (packet[3] & 0x20) != 0;
            return foreign(
                    new Outcome.Forward(query, authenticData, client, servers.get()), tcp, writer);
        }
        return switch (transfers.verify(packet, length)) {
            case TsigVerdict.Unsigned _ ->
                    own(packet, length, query, client, tcp, now, writer, Optional.empty());
            case TsigVerdict.Valid valid ->
                    own(packet, length, query, client, tcp, now, writer, Optional.of(valid));
            case TsigVerdict.Refused refused ->
                    reply(
                            query,
                            Answer.of(ResponseCode.NOTAUTH),
                            client,
                            tcp,
                            writer,
                            Optional.of(refused.signer()));
            case TsigVerdict.Malformed _ -> {
                counters.count(Event.MALFORMED);
                counters.answered(ResponseCode.FORMERR);
                yield new Outcome.Reply(
                        writer.write(
                                new ReadResult.Malformed(query.header(), ResponseCode.FORMERR)));
            }
        };
    }

    private Outcome foreign(Outcome.Forward work, boolean tcp, MessageWriter writer) {
        Forwarder forwarder = forwarding.forwarder();
        InetSocketAddress client = work.client();
        if (!offersRecursion(client)) {
            return reply(work.query(), Answer.of(ResponseCode.REFUSED), client, tcp, writer);
        }
        counters.count(Event.FORWARDED);
        Optional<Relay> cached = forwarder.cached(Question.of(work.query()));
        if (cached.isPresent()) {
            return new Outcome.Reply(relay(work, cached.get(), tcp, writer));
        }
        return forwarder.reserve(client.getAddress())
                ? work
                : new Outcome.Reply(relay(work, Relay.NOTHING, tcp, writer));
    }

    /**
     * @return length of the reply
     */
    private int relay(Outcome.Forward work, Relay relay, boolean tcp, MessageWriter writer) {
        Query query = work.query();
        // What a server could not bring over TCP either is no answer for who asks over TCP.
        Optional<Response> response = relay.response().filter(r -> !(tcp && r.isTruncated()));
        if (response.isEmpty()) {
            counters.count(Event.FORWARD_FAILURES);
            Answer failed = Answer.of(ResponseCode.SERVFAIL);
            return written(
                            query,
                            failed,
                            limit(query, tcp),
                            work.client(),
                            writer,
                            Optional.empty())
                    .length();
        }
        boolean authentic =
                forwarding.forwarder().trustsAd()
                        && response.get().isAuthentic()
                        && (work.authenticData() || query.edns().dnssecOk());
        int length =
                writer.write(
                        query,
                        response.get(),
                        relay.rule(),
                        limit(query, tcp),
                        offersRecursion(work.client()),
                        authentic);
        if (writer.truncated()) {
            counters.count(Event.TRUNCATED);
        }
        return length;
    }

    /** From our own zones; signed if the query was. */
    private Outcome own(
            byte[] packet,
            int length,
            Query query,
            InetSocketAddress client,
            boolean tcp,
            DnsImage now,
            MessageWriter writer,
            Optional<TsigVerdict.Valid> signed) {
        Optional<TsigSigner> signer = signed.map(TsigVerdict.Valid::signer);
        if (!query.isTransfer()) {
            Answer answer = ordered(Answerer.answer(now, query), query);
            return reply(query, answer, client, tcp, writer, signer);
        }
        return switch (transfers.answer(query, packet, length, client, tcp, now, signed)) {
            case TransferReply.Refusal refusal ->
                    reply(query, Answer.of(refusal.code()), client, tcp, writer, signer);
            case TransferReply.Current current ->
                    reply(
                            query,
                            new Answer(
                                    ResponseCode.NOERROR,
                                    true,
                                    List.of(current.soa()),
                                    List.of(),
                                    List.of()),
                            client,
                            tcp,
                            writer,
                            signer);
            case TransferReply.Messages messages -> {
                counters.answered(ResponseCode.NOERROR);
                yield new Outcome.Stream(messages.stream());
            }
        };
    }

    private Answer ordered(Answer answer, Query query) {
        return switch (order) {
            case RANDOM -> Rotation.shuffled(answer, random);
            case ROUND_ROBIN -> Rotation.turned(answer, query.header().id());
        };
    }

    /** Of our zones and the forward zones the longest suffix wins; an alias is always ours. */
    private Optional<Upstreams.Choice> forwardTo(DnsImage now, DnsName name) {
        if (now.alias(name).isPresent()) {
            return Optional.empty();
        }
        int ours = now.zoneOf(name).map(zone -> zone.depth(name)).orElse(-1);
        return forwarding.servers(name, ours);
    }

    private Outcome reply(
            Query query,
            Answer answer,
            InetSocketAddress client,
            boolean tcp,
            MessageWriter writer) {
        return reply(query, answer, client, tcp, writer, Optional.empty());
    }

    private Outcome reply(
            Query query,
            Answer answer,
            InetSocketAddress client,
            boolean tcp,
            MessageWriter writer,
            Optional<TsigSigner> signer) {
        // Over TCP or with a cookie of ours the client's address is not forged.
        boolean known = tcp || query.edns().cookie().valid();
        return switch (known ? Verdict.SEND : limits.judge(answer, client)) {
            case SEND -> written(query, answer, limit(query, tcp), client, writer, signer);
            // No record fits: TC, and whoever is real asks over TCP. An error is small as it is.
            case TRUNCATE -> written(query, answer, 0, client, writer, Optional.empty());
            case DROP -> new Outcome.Silence();
        };
    }

    private Outcome.Reply written(
            Query query,
            Answer answer,
            int limit,
            InetSocketAddress client,
            MessageWriter writer,
            Optional<TsigSigner> signer) {
        int room = limit - signer.map(TsigSigner::size).orElse(0);
        int length = writer.write(query, answer, room, offersRecursion(client));
        counters.answered(answer.code());
        if (writer.truncated()) {
            counters.count(Event.TRUNCATED);
        }
        return new Outcome.Reply(signer.isPresent() ? signer.get().sign(writer, length) : length);
    }

    /** RFC 6891 6.2.3: "values lower than 512 MUST be treated as equal to 512". */
    private int limit(Query query, boolean tcp) {
        int theirs = query.edns().present() ? query.edns().udpSize() : MIN_UDP;
        return tcp ? MessageWriter.MAX_LENGTH : Math.min(udpSize, Math.max(MIN_UDP, theirs));
    }

    private Outcome malformed(
            ReadResult.Malformed malformed,
            InetSocketAddress client,
            boolean tcp,
            MessageWriter writer) {
        if (!tcp && limits.judge(Answer.of(malformed.code()), client) == Verdict.DROP) {
            return new Outcome.Silence();
        }
        counters.answered(malformed.code());
        return new Outcome.Reply(writer.write(malformed));
    }

    private Outcome fault(byte[] packet, int length, MessageWriter writer, Throwable cause) {
        logFault("cannot answer a query of " + length + " bytes", cause);
        counters.answered(ResponseCode.SERVFAIL);
        return new Outcome.Reply(
                writer.write(new ReadResult.Malformed(Header.read(packet), ResponseCode.SERVFAIL)));
    }

    /** Logs the 1st, 2nd, 4th, 8th... fault: one bad packet a microsecond must not fill a disk. */
    void logFault(String what, Throwable cause) {
        counters.count(Event.FAULTS);
        long faults = counters.of(Event.FAULTS);
        if (Long.bitCount(faults) == 1) {
            LOG.error("{}; client gets SERVFAIL; faults so far: {}", what, faults, cause);
        }
    }
}
