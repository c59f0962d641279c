package io.meridian.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Calls of the C library about sockets and network namespaces, by their C names, for 64-bit Linux.
 * Each method returns what C returns; after a negative result {@link #errno} gives the cause. One
 * thread uses an instance at a time, because the instance holds that errno.
 *
 * <p>No handle is linked as critical: each call may block, and a critical call that blocks holds up
 * the garbage collector.
 */
public final class Libc {
    /** sys/socket.h. */
    public static final int AF_INET = 2;

    /** sys/socket.h. */
    public static final int AF_INET6 = 10;

    /** sys/socket.h. */
    public static final int AF_NETLINK = 16;

    /** sys/socket.h. */
    public static final int SOCK_DGRAM = 2;

    /** sys/socket.h. */
    public static final int SOCK_RAW = 3;

    /** sys/socket.h: a child process does not inherit the socket. */
    public static final int SOCK_CLOEXEC = 0x80000;

    /** asm-generic/socket.h. */
    public static final int SOL_SOCKET = 1;

    /** asm-generic/socket.h. */
    public static final int SO_REUSEADDR = 2;

    /** asm-generic/socket.h. */
    public static final int SO_SNDBUF = 7;

    /** asm-generic/socket.h. */
    public static final int SO_RCVBUF = 8;

    /** asm-generic/socket.h. */
    public static final int SO_REUSEPORT = 15;

    /** asm-generic/socket.h. */
    public static final int SO_RCVTIMEO = 20;

    /** asm-generic/socket.h; exceeds net.core.wmem_max, needs CAP_NET_ADMIN. */
    public static final int SO_SNDBUFFORCE = 32;

    /** asm-generic/socket.h; exceeds net.core.rmem_max, needs CAP_NET_ADMIN. */
    public static final int SO_RCVBUFFORCE = 33;

    /** netinet/in.h. */
    public static final int IPPROTO_IPV6 = 41;

    /** linux/in6.h. */
    public static final int IPV6_V6ONLY = 26;

    /** linux/socket.h. */
    public static final int SOL_NETLINK = 270;

    /** sys/socket.h: recv returns the length of the datagram even if the buffer is smaller. */
    public static final int MSG_TRUNC = 0x20;

    /** sys/socket.h. */
    public static final int MSG_DONTWAIT = 0x40;

    /** sys/socket.h: recvmmsg waits for the first datagram only. */
    public static final int MSG_WAITFORONE = 0x10000;

    /** sys/socket.h. */
    public static final int SHUT_RDWR = 2;

    /** fcntl.h. */
    public static final int O_RDONLY = 0;

    /** fcntl.h. */
    public static final int O_CLOEXEC = 0x80000;

    /** linux/sched.h. */
    public static final int CLONE_NEWNET = 0x40000000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET =
            find("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            find("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT =
            find("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            find(
                    "setsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND =
            find("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SENDTO =
            find(
                    "sendto",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDMMSG =
            find(
                    "sendmmsg",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle RECV =
            find("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECVMMSG =
            find(
                    "recvmmsg",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SHUTDOWN =
            find("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN =
            find("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETNS =
            find("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private final MemorySegment capture;

    /**
     * @param arena frees the memory of {@link #errno}; no call may follow its close
     */
    public Libc(Arena arena) {
        this.capture = arena.allocate(CAPTURE);
    }

    /** The positive errno of the last call, valid if that call returned a negative result. */
    public int errno() {
        return (int) ERRNO.get(capture, 0L);
    }

    public int socket(int domain, int type, int protocol) {
        try {
            return (int) SOCKET.invokeExact(capture, domain, type, protocol);
        } catch (Throwable t) {
            throw fault("socket", t);
        }
    }

    public int bind(int fd, MemorySegment address, int length) {
        try {
            return (int) BIND.invokeExact(capture, fd, address, length);
        } catch (Throwable t) {
            throw fault("bind", t);
        }
    }

    public int connect(int fd, MemorySegment address, int length) {
        try {
            return (int) CONNECT.invokeExact(capture, fd, address, length);
        } catch (Throwable t) {
            throw fault("connect", t);
        }
    }

    public int setsockopt(int fd, int level, int option, MemorySegment value) {
        try {
            return (int)
                    SETSOCKOPT.invokeExact(
                            capture, fd, level, option, value, (int) value.byteSize());
        } catch (Throwable t) {
            throw fault("setsockopt", t);
        }
    }

    public long send(int fd, MemorySegment buffer, long length, int flags) {
        try {
            return (long) SEND.invokeExact(capture, fd, buffer, length, flags);
        } catch (Throwable t) {
            throw fault("send", t);
        }
    }

    public long sendto(
            int fd, MemorySegment buffer, int flags, MemorySegment address, int addressLength) {
        try {
            return (long)
                    SENDTO.invokeExact(
                            capture, fd, buffer, buffer.byteSize(), flags, address, addressLength);
        } catch (Throwable t) {
            throw fault("sendto", t);
        }
    }

    /**
     * @param messages {@code count} of {@code struct mmsghdr}
     */
    public int sendmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            return (int) SENDMMSG.invokeExact(capture, fd, messages, count, flags);
        } catch (Throwable t) {
            throw fault("sendmmsg", t);
        }
    }

    public long recv(int fd, MemorySegment buffer, int flags) {
        try {
            return (long) RECV.invokeExact(capture, fd, buffer, buffer.byteSize(), flags);
        } catch (Throwable t) {
            throw fault("recv", t);
        }
    }

    /**
     * Waits without a timeout.
     *
     * @param messages {@code count} of {@code struct mmsghdr}
     */
    public int recvmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            return (int)
                    RECVMMSG.invokeExact(capture, fd, messages, count, flags, MemorySegment.NULL);
        } catch (Throwable t) {
            throw fault("recvmmsg", t);
        }
    }

    public int shutdown(int fd, int how) {
        try {
            return (int) SHUTDOWN.invokeExact(capture, fd, how);
        } catch (Throwable t) {
            throw fault("shutdown", t);
        }
    }

    public int close(int fd) {
        try {
            return (int) CLOSE.invokeExact(capture, fd);
        } catch (Throwable t) {
            throw fault("close", t);
        }
    }

    /**
     * @param path zero-terminated
     */
    public int open(MemorySegment path, int flags) {
        try {
            return (int) OPEN.invokeExact(capture, path, flags);
        } catch (Throwable t) {
            throw fault("open", t);
        }
    }

    /**
     * Moves the calling thread alone.
     *
     * @param type such as {@link #CLONE_NEWNET}
     */
    public int setns(int fd, int type) {
        try {
            return (int) SETNS.invokeExact(capture, fd, type);
        } catch (Throwable t) {
            throw fault("setns", t);
        }
    }

    @SuppressWarnings("restricted") // calling native code is the purpose of this class
    private static MethodHandle find(String name, FunctionDescriptor type) {
        MemorySegment symbol =
                LINKER.defaultLookup()
                        .find(name)
                        .orElseThrow(
                                () -> new UnsatisfiedLinkError("libc has no function " + name));
        return LINKER.downcallHandle(symbol, type, Linker.Option.captureCallState("errno"));
    }

    /** A downcall throws nothing by itself, so the signature above does not match the handle. */
    private static AssertionError fault(String name, Throwable cause) {
        return new AssertionError("call of " + name + " failed", cause);
    }
}
