package io.meridian.dns.forward;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.QueryWriter;
import io.meridian.dns.wire.Response;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One question to one upstream server. {@link #run} blocks, so it needs a virtual thread; {@link
 * #close} from another thread ends it.
 *
 * <p>The exchange has a socket of its own, connected to the server, so the kernel chooses the port
 * and drops datagrams of other senders. The id is random, and a reply must have that id and
 * question (RFC 5452). Other replies are ignored, because the right one may still come. After a
 * truncated reply the exchange asks again over TCP.
 */
final class Exchange implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final int UDP_BUFFER = 4096;

    private final InetSocketAddress server;
    private final Question question;
    private final boolean tcp;
    private final long deadline;
    private final ForwardSettings settings;
    private final RandomGenerator random;

    private Closeable socket = () -> {};
    private boolean closed;

    /**
     * @param tcp whether to start with TCP instead of UDP
     * @param random hard to guess
     */
    Exchange(
            InetSocketAddress server,
            Question question,
            boolean tcp,
            ForwardSettings settings,
            RandomGenerator random) {
        this.server = server;
        this.question = question;
        this.tcp = tcp;
        this.deadline = System.nanoTime() + settings.timeout().toNanos();
        this.settings = settings;
        this.random = random;
    }

    UpstreamResult run() {
        boolean edns = true;
        UpstreamResult result = ask(tcp, true);
        if (isWithoutEdns(result)) {
            edns = false; // RFC 6891 6.2.2: a server without EDNS answers a query with OPT by an
            // error
            result = ask(tcp, false);
        }
        if (!tcp
                && result instanceof UpstreamResult.Bad(Failure failure, Optional<Response> _)
                && failure == Failure.TRUNCATED) {
            UpstreamResult whole = ask(true, edns);
            return whole instanceof UpstreamResult.Good ? whole : result;
        }
        return result;
    }

    private static boolean isWithoutEdns(UpstreamResult result) {
        return result instanceof UpstreamResult.Bad(Failure failure, Optional<Response> said)
                && failure == Failure.OTHER_RCODE
                && said.filter(Response::hasEdns).isEmpty();
    }

    private UpstreamResult ask(boolean overTcp, boolean edns) {
        byte[] query = query(edns);
        try {
            return overTcp ? overTcp(query) : overUdp(query);
        } catch (SocketTimeoutException e) {
            return bad(Failure.TIMEOUT);
        } catch (PortUnreachableException | ConnectException | NoRouteToHostException e) {
            return bad(Failure.UNREACHABLE);
        } catch (IOException e) {
            return isClosed() ? new UpstreamResult.NotSent() : bad(Failure.BROKEN);
        }
    }

    private byte[] query(boolean edns) {
        DnsName name =
                settings.randomCase()
                        ? QueryWriter.randomCase(question.name(), random)
                        : question.name();
        return QueryWriter.write(
                random.nextInt(1 << 16),
                name,
                question.type(),
                question.dnsClass(),
                new QueryWriter.Flags(
                        question.recursionDesired(),
                        question.checkingDisabled(),
                        settings.trustAd(),
                        question.dnssecOk(),
                        edns));
    }

    private UpstreamResult overUdp(byte[] query) throws IOException {
        DatagramSocket udp;
        try {
            udp = new DatagramSocket(null);
        } catch (SocketException e) {
            return new UpstreamResult.NotSent();
        }
        try (udp) {
            if (!use(udp)) {
                return new UpstreamResult.NotSent();
            }
            udp.connect(server);
            udp.send(new DatagramPacket(query, query.length));
            DatagramPacket packet = new DatagramPacket(new byte[UDP_BUFFER], UDP_BUFFER);
            while (true) {
                udp.setSoTimeout(millisLeft());
                packet.setLength(UDP_BUFFER);
                udp.receive(packet);
                Optional<UpstreamResult> result =
                        result(packet.getData(), packet.getLength(), query);
                if (result.isPresent()) {
                    return result.get();
                }
            }
        }
    }

    private UpstreamResult overTcp(byte[] query) throws IOException {
        try (Socket stream = new Socket()) {
            if (!use(stream)) {
                return new UpstreamResult.NotSent();
            }
            stream.connect(server, millisLeft());
            byte[] framed = new byte[query.length + 2];
            framed[0] = (byte) (query.length >> 8);
            framed[1] = (byte) query.length;
            System.arraycopy(query, 0, framed, 2, query.length);
            stream.getOutputStream().write(framed);
            DataInputStream in = new DataInputStream(stream.getInputStream());
            byte[] prefix = new byte[2];
            readFully(stream, in, prefix);
            byte[] reply = new byte[(prefix[0] & 0xff) << 8 | prefix[1] & 0xff];
            readFully(stream, in, reply);
            return result(reply, reply.length, query).orElseGet(() -> bad(Failure.MALFORMED));
        }
    }

    private void readFully(Socket stream, DataInputStream in, byte[] into) throws IOException {
        for (int at = 0; at < into.length; ) {
            stream.setSoTimeout(millisLeft());
            int count = in.read(into, at, into.length - at);
            if (count < 0) {
                throw new EOFException("ended after " + at + " of " + into.length + " bytes");
            }
            at += count;
        }
    }

    /**
     * @return empty for a message that is no reply to the query
     */
    private Optional<UpstreamResult> result(byte[] message, int length, byte[] query) {
        if (QueryWriter.isReply(message, length, query, settings.randomCase())) {
            Optional<Response> response = Response.read(message, length);
            return Optional.of(
                    response.map(r -> UpstreamResult.of(r, question.recursionDesired()))
                            .orElseGet(() -> bad(Failure.MALFORMED)));
        }
        boolean headerOnly = length == 12 && QueryWriter.isBareReply(message, length, query);
        int code = headerOnly ? message[3] & 0xf : 0;
        return code == 0 ? Optional.empty() : Optional.of(bad(UpstreamResult.failure(code)));
    }

    private static UpstreamResult bad(Failure failure) {
        return new UpstreamResult.Bad(failure, Optional.empty());
    }

    private int millisLeft() throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("no reply in time");
        }
        return (int) millis;
    }

    /**
     * @return false if the exchange was closed before
     */
    private synchronized boolean use(Closeable opened) {
        socket = opened;
        return !closed;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("cannot close socket: server={}: {}", server, e.toString());
        }
    }
}
