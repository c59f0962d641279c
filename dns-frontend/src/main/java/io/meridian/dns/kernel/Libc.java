package io.meridian.dns.kernel;

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
 * The calls of libc that a UDP socket needs, with their C names. Each returns what C returns; after
 * a negative result {@link #errno} tells why. An instance belongs to one thread at a time, as it
 * keeps that errno. None is bound as critical: each may wait, and a collector must not wait with
 * it.
 */
final class Libc {
    /** AF_INET, sys/socket.h. */
    static final int AF_INET = 2;

    /** AF_INET6, sys/socket.h. */
    static final int AF_INET6 = 10;

    /** SOCK_DGRAM | SOCK_CLOEXEC, sys/socket.h. */
    static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

    /** SOL_SOCKET, asm-generic/socket.h. */
    static final int SOL_SOCKET = 1;

    /** SO_REUSEADDR, asm-generic/socket.h. */
    static final int SO_REUSEADDR = 2;

    /** SO_SNDBUF, asm-generic/socket.h. */
    static final int SO_SNDBUF = 7;

    /** SO_RCVBUF, asm-generic/socket.h. */
    static final int SO_RCVBUF = 8;

    /** SO_REUSEPORT, asm-generic/socket.h. */
    static final int SO_REUSEPORT = 15;

    /** IPPROTO_IPV6, netinet/in.h. */
    static final int IPPROTO_IPV6 = 41;

    /** IPV6_V6ONLY, linux/in6.h. */
    static final int IPV6_V6ONLY = 26;

    /** MSG_DONTWAIT, sys/socket.h. */
    static final int MSG_DONTWAIT = 0x40;

    /** MSG_WAITFORONE, sys/socket.h: recvmmsg waits for the first datagram only. */
    static final int MSG_WAITFORONE = 0x10000;

    /** SHUT_RDWR, sys/socket.h. */
    static final int SHUT_RDWR = 2;

    /** EINTR, asm-generic/errno-base.h. */
    static final int EINTR = 4;

    /** EAGAIN, asm-generic/errno-base.h. */
    static final int EAGAIN = 11;

    /** EACCES, asm-generic/errno-base.h. */
    static final int EACCES = 13;

    /** EADDRINUSE, asm-generic/errno.h. */
    static final int EADDRINUSE = 98;

    /** EADDRNOTAVAIL, asm-generic/errno.h. */
    static final int EADDRNOTAVAIL = 99;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET =
            find("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            find("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            find(
                    "setsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMMSG =
            find(
                    "recvmmsg",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SENDMMSG =
            find(
                    "sendmmsg",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle SENDTO =
            find(
                    "sendto",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SHUTDOWN =
            find("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final MemorySegment capture;

    Libc(Arena arena) {
        this.capture = arena.allocate(CAPTURE);
    }

    /** Why the last call failed; positive. */
    int errno() {
        return (int) ERRNO.get(capture, 0L);
    }

    int socket(int domain, int type) {
        try {
            return (int) SOCKET.invokeExact(capture, domain, type, 0);
        } catch (Throwable t) {
            throw fault("socket", t);
        }
    }

    int bind(int fd, MemorySegment address, int length) {
        try {
            return (int) BIND.invokeExact(capture, fd, address, length);
        } catch (Throwable t) {
            throw fault("bind", t);
        }
    }

    int setsockopt(int fd, int level, int option, MemorySegment value) {
        try {
            return (int)
                    SETSOCKOPT.invokeExact(
                            capture, fd, level, option, value, (int) value.byteSize());
        } catch (Throwable t) {
            throw fault("setsockopt", t);
        }
    }

    int recvmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            return (int)
                    RECVMMSG.invokeExact(capture, fd, messages, count, flags, MemorySegment.NULL);
        } catch (Throwable t) {
            throw fault("recvmmsg", t);
        }
    }

    int sendmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            return (int) SENDMMSG.invokeExact(capture, fd, messages, count, flags);
        } catch (Throwable t) {
            throw fault("sendmmsg", t);
        }
    }

    long sendto(int fd, MemorySegment bytes, int flags, MemorySegment address, int length) {
        try {
            return (long)
                    SENDTO.invokeExact(
                            capture, fd, bytes, bytes.byteSize(), flags, address, length);
        } catch (Throwable t) {
            throw fault("sendto", t);
        }
    }

    int shutdown(int fd) {
        try {
            return (int) SHUTDOWN.invokeExact(capture, fd, SHUT_RDWR);
        } catch (Throwable t) {
            throw fault("shutdown", t);
        }
    }

    int close(int fd) {
        try {
            return (int) CLOSE.invokeExact(capture, fd);
        } catch (Throwable t) {
            throw fault("close", t);
        }
    }

    @SuppressWarnings("restricted") // that is what this class is for
    private static MethodHandle find(String name, FunctionDescriptor type) {
        MemorySegment symbol =
                LINKER.defaultLookup()
                        .find(name)
                        .orElseThrow(
                                () -> new UnsatisfiedLinkError("libc has no function " + name));
        return LINKER.downcallHandle(symbol, type, Linker.Option.captureCallState("errno"));
    }

    /** A downcall itself throws nothing; this is for a wrong signature, that is, a bug in here. */
    private static AssertionError fault(String name, Throwable cause) {
        return new AssertionError("call of " + name + " failed", cause);
    }
}
