package io.meridian.dns.forward;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.MessageReader;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.ReadResult;
import io.meridian.dns.wire.Rejection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/**
 * Asks other servers, over the transport the client used. Blocks: call it on a virtual thread. Any
 * thread may.
 *
 * <p>Each exchange has a socket of its own, connected, so with a port of the kernel's choice, and
 * an id of its own (RFC 5452); a reply counts only with that id and the question that was asked.
 * Any such reply is final, whatever its RCODE; the next server is asked only when one can't be
 * reached or stays silent.
 */
public final class Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    private static final int MAX_MESSAGE = 65535;

    private final Duration timeout;
    private final RandomGenerator random;
    private final Semaphore free;

    /**
     * @param timeout for each server
     * @param inFlight queries on their way at once
     * @param random must be hard to guess and safe for many threads
     */
    public Forwarder(Duration timeout, int inFlight, RandomGenerator random) {
        this.timeout = timeout;
        this.random = random;
        this.free = new Semaphore(inFlight);
    }

    /**
     * Takes one of the places in flight, or says there is none; who got one calls {@link #release}.
     */
    public boolean reserve() {
        return free.tryAcquire();
    }

    public void release() {
        free.release();
    }

    /**
     * @param packet the client's message, unchanged; not kept
     * @param query what {@code packet} says
     * @param servers in the order to ask them
     * @return the reply with the client's id; empty if no server gave one
     */
    public Optional<byte[]> exchange(
            byte[] packet, Query query, List<InetSocketAddress> servers, boolean tcp) {
        for (InetSocketAddress server : servers) {
            byte[] request = packet.clone();
            int id = random.nextInt(1 << 16);
            putId(request, id);
            try {
                Optional<byte[]> reply =
                        tcp ? overTcp(request, server) : overUdp(request, query, server);
                if (reply.isPresent() && answers(reply.get(), id, query)) {
                    putId(reply.get(), query.header().id());
                    return reply;
                }
            } catch (IOException e) {
                LOG.debug(
                        "cannot forward: server={} name={}: {}; next server",
                        server,
                        query.name(),
                        e.toString());
            }
        }
        return Optional.empty();
    }

    private Optional<byte[]> overUdp(byte[] request, Query query, InetSocketAddress server)
            throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.connect(server);
            socket.send(new DatagramPacket(request, request.length));
            byte[] buffer = new byte[Math.max(4096, Math.min(MAX_MESSAGE, query.edns().udpSize()))];
            int id = (request[0] & 0xff) << 8 | request[1] & 0xff;
            while (true) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    return Optional.empty();
                }
                socket.setSoTimeout((int) millis);
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                try {
                    socket.receive(packet);
                } catch (SocketTimeoutException e) {
                    return Optional.empty();
                }
                byte[] reply = Arrays.copyOf(buffer, packet.getLength());
                if (answers(reply, id, query)) {
                    return Optional.of(reply);
                } // else a late or forged one: the right one may still come
            }
        }
    }

    private Optional<byte[]> overTcp(byte[] request, InetSocketAddress server) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (Socket socket = new Socket()) {
            socket.connect(server, (int) timeout.toMillis());
            byte[] framed = new byte[request.length + 2];
            framed[0] = (byte) (request.length >> 8);
            framed[1] = (byte) request.length;
            System.arraycopy(request, 0, framed, 2, request.length);
            socket.getOutputStream().write(framed);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] prefix = new byte[2];
            readFully(socket, in, prefix, deadline);
            byte[] reply = new byte[(prefix[0] & 0xff) << 8 | prefix[1] & 0xff];
            readFully(socket, in, reply, deadline);
            return Optional.of(reply);
        }
    }

    private static void readFully(Socket socket, DataInputStream in, byte[] into, long deadline)
            throws IOException {
        for (int at = 0; at < into.length; ) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                throw new SocketTimeoutException("no whole reply in time");
            }
            socket.setSoTimeout((int) millis);
            int count = in.read(into, at, into.length - at);
            if (count < 0) {
                throw new EOFException(
                        "connection ended after " + at + " of " + into.length + " bytes");
            }
            at += count;
        }
    }

    /**
     * Whether a message is a reply to this question. Only header and question are looked at; the
     * rest is passed on.
     */
    static boolean answers(byte[] reply, int id, Query query) {
        DnsName name = query.name();
        int questionEnd = 12 + name.length() + 4;
        if (reply.length < 12
                || ((reply[0] & 0xff) << 8 | reply[1] & 0xff) != id
                || (reply[2] & 0x80) == 0) {
            return false;
        }
        if (reply.length == 12) {
            return (reply[3] & 0xf) != 0
                    && reply[5] == 0
                    && reply[4] == 0; // FORMERR and the like, as bare header
        }
        if (reply.length < questionEnd) {
            return false;
        }
        // The question alone, read as a query of its own.
        byte[] question = Arrays.copyOf(reply, questionEnd);
        question[2] = 0;
        Arrays.fill(question, 6, 12, (byte) 0);
        return switch (MessageReader.read(question, questionEnd)) {
            case Query same ->
                    same.name().equals(name)
                            && same.type() == query.type()
                            && same.dnsClass() == query.dnsClass();
            case ReadResult.Silence _, ReadResult.Malformed _, Rejection _ -> false;
        };
    }

    private static void putId(byte[] message, int id) {
        message[0] = (byte) (id >> 8);
        message[1] = (byte) id;
    }
}
