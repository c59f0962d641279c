package io.meridian.netlink;

import io.meridian.libc.Errno;
import io.meridian.libc.Libc;

import org.jspecify.annotations.Nullable;

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
 * A netlink socket to the kernel of the network namespace in which the opening thread was. One
 * thread uses it at a time; calls block for at most 5 s without an answer.
 *
 * <p>{@link #execute} batches requests: one {@code send} carries many messages, and only the last
 * one asks for an acknowledgement. The kernel processes them in order before {@code send} returns
 * and answers the others only to refuse them. So the last acknowledgement completes the batch, and
 * 11,000 requests take 12 round trips. If the refusals overflow the receive buffer, the kernel
 * drops some and reports ENOBUFS; the unanswered requests are then {@link Reply.Lost}.
 */
public final class NetlinkSocket implements AutoCloseable {
    /** Maximum length of one message, in bytes. */
    public static final int MAX_MESSAGE = 512;

    /**
     * Maximum messages per send. A refusal takes at most some 1.5 kB of the receive buffer, so 1024
     * of them fit the 2 MiB that the kernel reserves for a requested 1 MiB.
     */
    private static final int BATCH = 1024;

    /** Maximum bytes per send: some 900 messages about IPVS real servers. */
    private static final int SEND = 1 << 17;

    /** The kernel sends at most 32 kB of a dump at a time (max_recvmsg_len, af_netlink.c). */
    private static final int RECEIVE = 1 << 16;

    private static final int DUMP_ATTEMPTS = 8;
    private static final long TIMEOUT_SECONDS = 5;

    /** NETLINK_CAP_ACK, linux/netlink.h: a refusal omits the payload of its request. */
    private static final int CAP_ACK = 10;

    /** NETLINK_EXT_ACK, linux/netlink.h: a refusal may carry an error text. */
    private static final int EXT_ACK = 11;

    /** NETLINK_GET_STRICT_CHK, linux/netlink.h: the kernel filters a dump by its request. */
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
        fd = libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
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
     * Opens a socket for generic netlink.
     *
     * @param receiveBufferBytes 4096 or more; the kernel doubles it for its own bookkeeping
     */
    public static NetlinkSocket generic(int receiveBufferBytes) throws NetlinkException {
        return new NetlinkSocket(Netlink.NETLINK_GENERIC, receiveBufferBytes);
    }

    /**
     * Opens a socket for links and routes (rtnetlink).
     *
     * @param receiveBufferBytes 4096 or more; the kernel doubles it for its own bookkeeping
     */
    public static NetlinkSocket route(int receiveBufferBytes) throws NetlinkException {
        return new NetlinkSocket(Netlink.NETLINK_ROUTE, receiveBufferBytes);
    }

    private void prepare(int receiveBufferBytes) throws NetlinkException {
        MemorySegment address =
                arena.allocate(12, 4); // struct sockaddr_nl, linux/netlink.h; port 0, groups 0
        address.set(ValueLayout.JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
        check(libc.bind(fd, address, (int) address.byteSize()), "cannot bind a netlink socket");
        // Connecting to port 0, the kernel, keeps other processes from sending replies.
        check(
                libc.connect(fd, address, (int) address.byteSize()),
                "cannot connect a netlink socket");
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
        // Optional, from Linux 4.12 and 4.20: without them refusals have no text and dumps are
        // longer.
        if (option(Libc.SOL_NETLINK, EXT_ACK, 1) == 0) {
            option(Libc.SOL_NETLINK, GET_STRICT_CHK, 1);
        }
    }

    private int option(int level, int option, int value) {
        MemorySegment segment = arena.allocate(ValueLayout.JAVA_INT);
        segment.set(ValueLayout.JAVA_INT, 0, value);
        return libc.setsockopt(fd, level, option, segment);
    }

    /** Encodes an operation as one netlink message. */
    @FunctionalInterface
    public interface Encoder<T> {
        /**
         * Appends one message of at most {@link #MAX_MESSAGE} bytes.
         *
         * @param flags {@code nlmsg_flags} that the socket adds
         */
        void write(T operation, MessageWriter writer, int flags, int sequence);
    }

    /** Sends all requests in order and returns one reply for each, in the same order. */
    public List<Reply> execute(List<Request> requests) throws NetlinkException {
        return execute(requests, Request::write);
    }

    /**
     * Sends all requests in order and returns one reply for each, in the same order. The encoder
     * writes straight into the send buffer.
     *
     * @throws NetlinkException if the socket fails; the state of the kernel is then unknown
     */
    public <T> List<Reply> execute(List<T> requests, Encoder<? super T> encoder)
            throws NetlinkException {
        List<Reply> replies = new ArrayList<>(requests.size());
        while (replies.size() < requests.size()) {
            int first = sequence;
            int count = write(requests, replies.size(), encoder);
            send();
            if (!receiveReplies(first, count, replies)) {
                int unsent = requests.size() - replies.size();
                replies.addAll(
                        Collections.nCopies(
                                unsent, new Reply.Lost("not sent after replies were lost")));
            }
        }
        return replies;
    }

    /** Fills the send buffer with one batch and returns the number of requests in it. */
    private <T> int write(List<T> requests, int from, Encoder<? super T> encoder) {
        sendBuffer.clear();
        MessageWriter writer = new MessageWriter(sendBuffer);
        int to = Math.min(from + BATCH, requests.size());
        int at = from;
        boolean last;
        do {
            last = at + 1 == to || sendBuffer.remaining() < 2 * MAX_MESSAGE;
            encoder.write(requests.get(at++), writer, last ? Netlink.ACK : 0, sequence++);
        } while (!last);
        return at - from;
    }

    /** Receives the replies to one batch; returns false if the kernel reports dropped replies. */
    private boolean receiveReplies(int first, int count, List<Reply> replies)
            throws NetlinkException {
        @Nullable Reply[] received = new Reply[count];
        boolean whole = receiveReplies(received, first);
        for (Reply reply : received) {
            if (reply != null) {
                replies.add(reply);
            } else {
                replies.add(
                        whole ? Reply.ACCEPTED : new Reply.Lost("reply dropped, ENOBUFS (105)"));
            }
        }
        return whole;
    }

    /**
     * Receives until the last request is answered. Returns false if the kernel reports dropped
     * replies; the array then has nulls for them, as for accepted requests.
     */
    private boolean receiveReplies(@Nullable Reply[] received, int first) throws NetlinkException {
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
                    throw failure("cannot receive the kernel's reply");
                }
            } else {
                MessageReader.forEach(
                        received((int) length),
                        (type, flags, number, body) -> {
                            int index = number - first;
                            if (type == Netlink.ERROR && index >= 0 && index < received.length) {
                                received[index] = MessageReader.reply(flags, body);
                            }
                        });
            }
        }
        return whole;
    }

    /**
     * Requests one object.
     *
     * @param what the attempt for the exception's message, such as {@code cannot look up lo}
     * @param onObject gets the payload behind {@code struct nlmsghdr}, valid during the call only
     * @throws NetlinkException with the kernel's errno, such as ENODEV for a missing interface
     */
    public void get(String what, Request request, Consumer<ByteBuffer> onObject)
            throws NetlinkException {
        exchange(what, request, Netlink.ACK, onObject);
    }

    /**
     * Dumps a list. Repeats the dump, up to 8 times, while the list changes during it.
     *
     * @param what the attempt for the exception's message, such as {@code cannot dump routes}
     * @param onStart runs before each attempt and discards the objects of the one before
     * @param onObject gets the payload behind {@code struct nlmsghdr}, valid during the call only
     * @throws NetlinkException with the kernel's errno; EINTR if no attempt was consistent
     */
    public void dump(String what, Request request, Runnable onStart, Consumer<ByteBuffer> onObject)
            throws NetlinkException {
        for (int attempt = 1; attempt <= DUMP_ATTEMPTS; attempt++) {
            onStart.run();
            if (exchange(what, request, Netlink.DUMP, onObject)) {
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

    /** Returns false if the kernel reports that the list changed during the dump. */
    private boolean exchange(String what, Request request, int flags, Consumer<ByteBuffer> onObject)
            throws NetlinkException {
        int mine = sequence++;
        sendBuffer.clear();
        request.write(new MessageWriter(sendBuffer), flags, mine);
        send();
        PendingResponse response = new PendingResponse(mine, onObject);
        while (!response.isOver()) {
            long length = libc.recv(fd, receiveSegment, Libc.MSG_TRUNC);
            if (length >= 0) {
                MessageReader.forEach(received((int) length), response);
            } else if (libc.errno() != Errno.EINTR.number()) {
                throw failure(what);
            }
        }
        return response.isConsistent(what);
    }

    private ByteBuffer received(int length) throws NetlinkException {
        if (length > RECEIVE) {
            throw new NetlinkException(
                    "cannot receive the kernel's reply", Refusal.of(Errno.EMSGSIZE));
        }
        return receiveBuffer.limit(length).position(0);
    }

    private void send() throws NetlinkException {
        long sent;
        do {
            sent = libc.send(fd, sendSegment, sendBuffer.position(), 0);
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
