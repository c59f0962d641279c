package io.meridian.ipvs.netlink;

import io.meridian.ipvs.Errno;
import io.meridian.ipvs.Refusal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * One netlink socket to the kernel of the network namespace that the opening thread was in. Used by
 * one thread at a time.
 *
 * <p>Changes go in batches: many messages in one {@code send}, of which only the last asks for an
 * acknowledgement. The kernel works through them in order before {@code send} returns and answers
 * the others only if it refuses them, so the last one's answer closes the batch, and 11,000 changes
 * cost 12 round trips, not 11,000. Should so many be refused that their answers don't fit the
 * receive buffer, the kernel drops some and says ENOBUFS: what is not answered is then {@link
 * Answer.Lost}.
 */
public final class NetlinkSocket implements AutoCloseable {
    /** The longest message that a {@link Request} may make, in bytes. */
    public static final int MAX_MESSAGE = 512;

    /**
     * Messages in one send at most. A refusal takes at most some 1.5 kB of the receive buffer, so
     * 1024 of them fit the 2 MiB that the kernel makes of 1 MiB.
     */
    private static final int BATCH = 1024;

    /** Bytes in one send at most; some 900 messages about real servers. */
    private static final int SEND = 1 << 17;

    /** What a dump sends at a time is at most 32 kB (max_recvmsg_len, af_netlink.c). */
    private static final int RECEIVE = 1 << 16;

    private static final int DUMP_ATTEMPTS = 8;
    private static final long TIMEOUT_SECONDS = 5;

    /** NETLINK_CAP_ACK, linux/netlink.h: a refusal does not carry the whole request back. */
    private static final int CAP_ACK = 10;

    /** NETLINK_EXT_ACK, linux/netlink.h: a refusal carries words where the kernel has some. */
    private static final int EXT_ACK = 11;

    /** NETLINK_GET_STRICT_CHK, linux/netlink.h: a dump obeys the filter in its request. */
    private static final int GET_STRICT_CHK = 12;

    private final Arena arena = Arena.ofShared();
    private final Libc libc = new Libc(arena);
    private final MemorySegment sendSegment = arena.allocate(SEND, 8);
    private final MemorySegment receiveSegment = arena.allocate(RECEIVE, 8);
    private final ByteBuffer sendBuffer = sendSegment.asByteBuffer().order(ByteOrder.nativeOrder());
    private final ByteBuffer receiveBuffer =
            receiveSegment.asByteBuffer().order(ByteOrder.nativeOrder());
    private final int fd;
    private int sequence = 1;

    private NetlinkSocket(int protocol, int receiveBufferBytes) throws NetlinkException {
        fd = libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW_CLOEXEC, protocol);
        if (fd < 0) {
            NetlinkException failure = failure("cannot open a netlink socket");
            arena.close();
            throw failure;
        }
        try {
            prepare(receiveBufferBytes);
        } catch (NetlinkException e) {
            close();
            throw e;
        }
    }

    /**
     * For generic netlink.
     *
     * @param receiveBufferBytes 4096 or more; doubled by the kernel for its own bookkeeping
     */
    public static NetlinkSocket generic(int receiveBufferBytes) throws NetlinkException {
        return new NetlinkSocket(Nl.NETLINK_GENERIC, receiveBufferBytes);
    }

    /** For links and routes. */
    public static NetlinkSocket route(int receiveBufferBytes) throws NetlinkException {
        return new NetlinkSocket(Nl.NETLINK_ROUTE, receiveBufferBytes);
    }

    private void prepare(int receiveBufferBytes) throws NetlinkException {
        MemorySegment address =
                arena.allocate(12, 4); // struct sockaddr_nl, linux/netlink.h; port 0, groups 0
        address.set(ValueLayout.JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
        check(libc.bind(fd, address), "cannot bind a netlink socket");
        // Connected to port 0, the kernel, so that no other process can send us answers.
        check(libc.connect(fd, address), "cannot connect a netlink socket");
        if (option(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, receiveBufferBytes) < 0) {
            check(
                    option(Libc.SOL_SOCKET, Libc.SO_RCVBUF, receiveBufferBytes),
                    "cannot size a netlink socket");
        }
        if (option(Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, SEND) < 0) {
            check(option(Libc.SOL_SOCKET, Libc.SO_SNDBUF, SEND), "cannot size a netlink socket");
        }
        MemorySegment timeout = arena.allocate(16, 8); // struct timeval
        timeout.set(ValueLayout.JAVA_LONG, 0, TIMEOUT_SECONDS);
        check(
                libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeout),
                "cannot limit a netlink socket's wait");
        check(option(Libc.SOL_NETLINK, CAP_ACK, 1), "cannot set NETLINK_CAP_ACK");
        // Both came later (Linux 4.12, 4.20), and without them it works as well, with fewer words
        // and longer dumps.
        if (option(Libc.SOL_NETLINK, EXT_ACK, 1) == 0) {
            option(Libc.SOL_NETLINK, GET_STRICT_CHK, 1);
        }
    }

    private int option(int level, int option, int value) {
        MemorySegment segment = arena.allocate(ValueLayout.JAVA_INT);
        segment.set(ValueLayout.JAVA_INT, 0, value);
        return libc.setsockopt(fd, level, option, segment);
    }

    /** How something becomes a message. */
    @FunctionalInterface
    public interface Encoder<T> {
        /**
         * Appends one message of at most {@link #MAX_MESSAGE} bytes.
         *
         * @param flags {@code nlmsg_flags} that the exchange needs
         */
        void write(T operation, MessageWriter writer, int flags, int sequence);
    }

    /** Sends all in order; one answer each, in the same order. */
    public List<Answer> execute(List<Request> requests) throws NetlinkException {
        return execute(requests, Request::write);
    }

    /**
     * Sends all in order, each written straight into the batch; one answer each, in the same order.
     */
    public <T> List<Answer> execute(List<T> requests, Encoder<? super T> encoder)
            throws NetlinkException {
        List<Answer> answers = new ArrayList<>(requests.size());
        while (answers.size() < requests.size()) {
            int first = sequence;
            int count = write(requests, answers.size(), encoder);
            send();
            if (!receiveAnswers(first, count, answers)) {
                int unsent = requests.size() - answers.size();
                answers.addAll(
                        Collections.nCopies(
                                unsent, new Answer.Lost("not sent after answers got lost")));
            }
        }
        return answers;
    }

    /** Fills the send buffer with one batch, from that request on; how many it has taken. */
    private <T> int write(List<T> requests, int from, Encoder<? super T> encoder) {
        sendBuffer.clear();
        MessageWriter writer = new MessageWriter(sendBuffer);
        int to = Math.min(from + BATCH, requests.size());
        int at = from;
        boolean last;
        do {
            last = at + 1 == to || sendBuffer.remaining() < 2 * MAX_MESSAGE;
            encoder.write(requests.get(at++), writer, last ? Nl.ACK : 0, sequence++);
        } while (!last);
        return at - from;
    }

    /** False if the kernel says that it dropped some. */
    private boolean receiveAnswers(int first, int count, List<Answer> answers)
            throws NetlinkException {
        Answer[] received = new Answer[count];
        boolean whole = receiveAnswers(received, first);
        for (Answer answer : received) {
            if (answer != null) {
                answers.add(answer);
            } else {
                answers.add(
                        whole ? Answer.ACCEPTED : new Answer.Lost("answer dropped, ENOBUFS (105)"));
            }
        }
        return whole;
    }

    /**
     * Fills in what comes until the last request is answered; false if the kernel says that it
     * dropped some.
     */
    private boolean receiveAnswers(Answer[] received, int first) throws NetlinkException {
        boolean whole = true;
        while (received[received.length - 1] == null) {
            long length =
                    libc.recv(fd, receiveSegment, Libc.MSG_TRUNC | (whole ? 0 : Libc.MSG_DONTWAIT));
            if (length < 0 && libc.errno() == Errno.ENOBUFS.number()) {
                whole = false;
            } else if (length < 0 && !whole && libc.errno() == Errno.EAGAIN.number()) {
                return false;
            } else if (length < 0) {
                if (libc.errno() != Errno.EINTR.number()) {
                    throw failure("cannot receive the kernel's answer");
                }
            } else {
                MessageReader.forEach(
                        received((int) length),
                        (type, flags, number, body) -> {
                            int index = number - first;
                            if (type == Nl.ERROR && index >= 0 && index < received.length) {
                                received[index] = MessageReader.answer(flags, body);
                            }
                        });
            }
        }
        return whole;
    }

    /**
     * Asks for one object.
     *
     * @param onObject gets the part behind {@code struct nlmsghdr}, valid during the call only
     * @throws NetlinkException with the kernel's errno, such as ENODEV if there is none
     */
    public void get(String what, Request request, Consumer<ByteBuffer> onObject)
            throws NetlinkException {
        exchange(what, request, Nl.ACK, onObject);
    }

    /**
     * Reads a list, again if it changed meanwhile.
     *
     * @param onStart called before each attempt: forget what came so far
     * @param onObject gets the part behind {@code struct nlmsghdr}, valid during the call only
     */
    public void dump(String what, Request request, Runnable onStart, Consumer<ByteBuffer> onObject)
            throws NetlinkException {
        for (int attempt = 1; attempt <= DUMP_ATTEMPTS; attempt++) {
            onStart.run();
            if (exchange(what, request, Nl.DUMP, onObject)) {
                return;
            }
        }
        throw new NetlinkException(
                what,
                new Refusal(
                        Errno.EINTR,
                        Errno.EINTR.number(),
                        "changed during each of " + DUMP_ATTEMPTS + " dumps"));
    }

    /** False if the kernel says that what came is inconsistent. */
    private boolean exchange(String what, Request request, int flags, Consumer<ByteBuffer> onObject)
            throws NetlinkException {
        int mine = sequence++;
        sendBuffer.clear();
        request.write(new MessageWriter(sendBuffer), flags, mine);
        send();
        Exchange exchange = new Exchange(mine, onObject);
        while (!exchange.isOver()) {
            long length = libc.recv(fd, receiveSegment, Libc.MSG_TRUNC);
            if (length >= 0) {
                MessageReader.forEach(received((int) length), exchange);
            } else if (libc.errno() != Errno.EINTR.number()) {
                throw failure(what);
            }
        }
        return exchange.isConsistent(what);
    }

    private ByteBuffer received(int length) throws NetlinkException {
        if (length > RECEIVE) {
            throw new NetlinkException(
                    "cannot receive the kernel's answer", Refusal.of(Errno.EMSGSIZE));
        }
        return receiveBuffer.limit(length).position(0);
    }

    private void send() throws NetlinkException {
        long sent;
        do {
            sent = libc.send(fd, sendSegment, sendBuffer.position());
        } while (sent < 0 && libc.errno() == Errno.EINTR.number());
        if (sent != sendBuffer.position()) {
            throw failure("cannot send to the kernel");
        }
    }

    private void check(int result, String what) throws NetlinkException {
        if (result < 0) {
            throw failure(what);
        }
    }

    private NetlinkException failure(String what) {
        return new NetlinkException(what, Refusal.of(libc.errno(), ""));
    }

    @Override
    public void close() {
        libc.close(fd);
        arena.close();
    }
}
