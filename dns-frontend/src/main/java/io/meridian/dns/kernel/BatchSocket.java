package io.meridian.dns.kernel;

import io.meridian.libc.Errno;
import io.meridian.libc.Libc;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Locale;
import java.util.Optional;

/**
 * A UDP socket that takes and gives up to {@value #BATCH} datagrams per system call, in memory of
 * its own outside the heap. One thread receives, replies and flushes, in that order, and allocates
 * nothing by it; any thread may {@link #send}, {@link #wake} and, when the first is done, {@link
 * #close}.
 *
 * <pre>
 * struct mmsghdr, bits/socket.h, on 64-bit Linux
 *   0 msg_name       8 msg_namelen   16 msg_iov   24 msg_iovlen
 *  32 msg_control   40 msg_controllen   48 msg_flags   56 msg_len
 * struct iovec: 0 iov_base   8 iov_len
 * </pre>
 */
public final class BatchSocket implements AutoCloseable {
    /** Datagrams per system call. */
    public static final int BATCH = 64;

    /** Longest datagram; the kernel truncates longer ones. */
    public static final int MAX_DATAGRAM = 4096;

    private static final int HEADER = 64;
    private static final int NAME_LENGTH = 8;
    private static final int MESSAGE_LENGTH = 56;
    private static final int VECTOR = 16;
    private static final int NAME = 32;

    /** Not a power of two, because all datagrams would then share the same cache sets. */
    private static final int STRIDE = MAX_DATAGRAM + 64;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private final int fd;
    private final int family;
    private final Libc libc;
    private final MemorySegment names;
    private final MemorySegment received;
    private final MemorySegment receiveHeaders;
    private final MemorySegment replies;
    private final MemorySegment replyHeaders;
    private final MemorySegment replyVectors;
    private final Object open = new Object();
    private boolean closed;
    private int queued;

    private BatchSocket(int fd, int family, Libc libc, Arena arena) {
        this.fd = fd;
        this.family = family;
        this.libc = libc;
        this.names = arena.allocate((long) BATCH * NAME, 8);
        this.received = arena.allocate((long) BATCH * STRIDE, 64);
        this.replies = arena.allocate((long) BATCH * STRIDE, 64);
        this.receiveHeaders = arena.allocate((long) BATCH * HEADER, 64);
        this.replyHeaders = arena.allocate((long) BATCH * HEADER, 64);
        MemorySegment receiveVectors = arena.allocate((long) BATCH * VECTOR, 8);
        this.replyVectors = arena.allocate((long) BATCH * VECTOR, 8);
        for (int i = 0; i < BATCH; i++) {
            header(receiveHeaders, receiveVectors, received, i);
            header(replyHeaders, replyVectors, replies, i);
        }
    }

    private void header(
            MemorySegment headers, MemorySegment vectors, MemorySegment datagrams, int i) {
        vectors.set(LONG, (long) i * VECTOR, datagrams.address() + (long) i * STRIDE);
        vectors.set(LONG, (long) i * VECTOR + 8, MAX_DATAGRAM);
        headers.set(LONG, (long) i * HEADER, names.address() + (long) i * NAME);
        headers.set(INT, (long) i * HEADER + NAME_LENGTH, SocketAddresses.IPV6_LENGTH);
        headers.set(LONG, (long) i * HEADER + 16, vectors.address() + (long) i * VECTOR);
        headers.set(LONG, (long) i * HEADER + 24, 1);
    }

    /**
     * Whether the system has the calls and permits them.
     *
     * @return the reason why not; empty if it does
     */
    public static Optional<String> obstacle() {
        String os = System.getProperty("os.name");
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        if (!os.equals("Linux") || !arch.equals("amd64") && !arch.equals("aarch64")) {
            return Optional.of("not known on " + os + " " + arch);
        }
        try (Arena arena = Arena.ofConfined()) {
            return tried(new Libc(arena), arena);
        } catch (LinkageError | IllegalCallerException e) {
            return Optional.of(e.toString());
        }
    }

    private static Optional<String> tried(Libc libc, Arena arena) {
        int fd = libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            return Optional.of("socket: " + Errno.describe(libc.errno()));
        }
        try {
            MemorySegment none = arena.allocate(HEADER, 8);
            if (libc.recvmmsg(fd, none, 1, Libc.MSG_DONTWAIT) < 0
                    && libc.errno() != Errno.EAGAIN.number()) {
                return Optional.of("recvmmsg: " + Errno.describe(libc.errno()));
            }
            if (libc.sendmmsg(fd, none, 0, Libc.MSG_DONTWAIT) < 0) {
                return Optional.of("sendmmsg: " + Errno.describe(libc.errno()));
            }
            return Optional.empty();
        } finally {
            libc.close(fd);
        }
    }

    /**
     * @param reuseAddress SO_REUSEADDR: other sockets may have the port on other addresses
     * @param reusePort SO_REUSEPORT: other sockets may have the address and port, and share the
     *     load
     * @param bufferBytes of the kernel's queues in each direction; the kernel may give less
     * @throws BindException if the address can't be bound
     */
    public static BatchSocket open(
            InetSocketAddress address, boolean reuseAddress, boolean reusePort, int bufferBytes)
            throws IOException {
        Arena arena = Arena.ofAuto();
        Libc libc = new Libc(arena);
        int family = address.getAddress().getAddress().length == 4 ? Libc.AF_INET : Libc.AF_INET6;
        int fd = libc.socket(family, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw new SocketException("socket: " + Errno.describe(libc.errno()));
        }
        try {
            if (family == Libc.AF_INET6) { // [::] receives IPv4 too
                set(libc, fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 0, arena);
            }
            if (reuseAddress) {
                set(libc, fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1, arena);
            }
            if (reusePort) {
                set(libc, fd, Libc.SOL_SOCKET, Libc.SO_REUSEPORT, 1, arena);
            }
            set(libc, fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, bufferBytes, arena);
            set(libc, fd, Libc.SOL_SOCKET, Libc.SO_SNDBUF, bufferBytes, arena);
            MemorySegment name = arena.allocate(SocketAddresses.IPV6_LENGTH, 8);
            if (libc.bind(fd, name, SocketAddresses.write(address, family, name)) < 0) {
                throw new BindException(Errno.describe(libc.errno()));
            }
            return new BatchSocket(fd, family, libc, arena);
        } catch (IOException | RuntimeException e) {
            libc.close(fd);
            throw e;
        }
    }

    private static void set(Libc libc, int fd, int level, int option, int value, Arena arena)
            throws SocketException {
        MemorySegment segment = arena.allocate(INT);
        segment.set(INT, 0, value);
        if (libc.setsockopt(fd, level, option, segment) < 0) {
            throw new SocketException("setsockopt " + option + ": " + Errno.describe(libc.errno()));
        }
    }

    /**
     * Waits for at least one datagram.
     *
     * @return number of datagrams, at indexes from 0 until the next call; 0 after {@link #wake} or
     *     an interrupted call
     */
    public int receive() throws IOException {
        int count = libc.recvmmsg(fd, receiveHeaders, BATCH, Libc.MSG_WAITFORONE);
        if (count < 0) {
            int errno = libc.errno();
            if (errno == Errno.EINTR.number() || errno == Errno.EAGAIN.number()) {
                return 0;
            }
            throw new SocketException("recvmmsg: " + Errno.describe(errno));
        }
        return count;
    }

    /**
     * Copies a received datagram.
     *
     * @param to at least {@value #MAX_DATAGRAM} bytes
     * @return length of the datagram
     */
    public int take(int index, byte[] to) {
        int length = receiveHeaders.get(INT, (long) index * HEADER + MESSAGE_LENGTH);
        MemorySegment.copy(received, BYTE, (long) index * STRIDE, to, 0, length);
        return length;
    }

    /** Upper half of the sender's address as IPv6; an IPv4 address is {@code ::ffff:a.b.c.d}. */
    public long clientHigh(int index) {
        return SocketAddresses.high(names, (long) index * NAME);
    }

    /** Lower half of the sender's address as IPv6. */
    public long clientLow(int index) {
        return SocketAddresses.low(names, (long) index * NAME);
    }

    /** The sender of a received datagram. */
    public InetSocketAddress client(int index) {
        return SocketAddresses.read(names, (long) index * NAME);
    }

    /**
     * Queues a reply to the sender of a received datagram, at most one per datagram.
     *
     * @param length at most {@value #MAX_DATAGRAM}
     */
    public void reply(int index, byte[] bytes, int length) {
        long header = (long) queued * HEADER;
        MemorySegment.copy(bytes, 0, replies, BYTE, (long) queued * STRIDE, length);
        replyVectors.set(LONG, (long) queued * VECTOR + 8, length);
        replyHeaders.set(LONG, header, names.address() + (long) index * NAME);
        replyHeaders.set(
                INT,
                header + NAME_LENGTH,
                receiveHeaders.get(INT, (long) index * HEADER + NAME_LENGTH));
        queued++;
    }

    /**
     * Sends the queued replies without waiting. Skips replies that the kernel refuses (full queue,
     * no route, port 0); their clients repeat the queries.
     *
     * @param taken result of the last {@link #receive}
     * @return number of skipped replies
     */
    public int flush(int taken) {
        int lost = 0;
        for (int sent = 0; sent < queued; ) {
            int count =
                    libc.sendmmsg(
                            fd,
                            sent == 0 ? replyHeaders : replyHeaders.asSlice((long) sent * HEADER),
                            queued - sent,
                            Libc.MSG_DONTWAIT);
            if (count > 0) {
                sent += count;
            } else if (libc.errno() != Errno.EINTR.number()) {
                sent++;
                lost++;
            }
        }
        queued = 0;
        for (int i = 0;
                i < taken;
                i++) { // the kernel has overwritten it by the length of the sender's address
            receiveHeaders.set(INT, (long) i * HEADER + NAME_LENGTH, SocketAddresses.IPV6_LENGTH);
        }
        return lost;
    }

    /**
     * Sends one datagram without waiting; any thread may call it.
     *
     * @throws IOException if the kernel refuses it, or the socket is closed
     */
    public void send(byte[] bytes, InetSocketAddress client) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SocketAddresses.IPV6_LENGTH, 8);
            int length = SocketAddresses.write(client, family, name);
            MemorySegment segment = arena.allocateFrom(BYTE, bytes);
            Libc own = new Libc(arena);
            synchronized (open) { // after close another file may have the descriptor
                if (closed) {
                    throw new SocketException("socket is closed");
                }
                if (own.sendto(fd, segment, Libc.MSG_DONTWAIT, name, length) < 0) {
                    throw new SocketException("sendto: " + Errno.describe(own.errno()));
                }
            }
        }
    }

    /** Ends the current and every later {@link #receive}. */
    public void wake() {
        try (Arena arena = Arena.ofConfined()) {
            synchronized (open) {
                if (!closed) {
                    // Fails with ENOTCONN, because the socket has no peer, and wakes the receiver
                    // all the same.
                    new Libc(arena).shutdown(fd, Libc.SHUT_RDWR);
                }
            }
        }
    }

    /** Frees the port. No thread may be in {@link #receive} or {@link #flush}. */
    @Override
    public void close() {
        try (Arena arena = Arena.ofConfined()) {
            synchronized (open) {
                if (!closed) {
                    closed = true;
                    new Libc(arena).close(fd);
                }
            }
        }
    }
}
