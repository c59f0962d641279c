package io.meridian.ipvs.netlink;

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
 * The few calls of libc that netlink needs, with their C names. Each returns what C returns; after
 * a negative result {@link #errno} tells why. An instance belongs to one thread at a time, as it
 * keeps that errno.
 */
final class Libc {
    /** AF_NETLINK, sys/socket.h. */
    static final int AF_NETLINK = 16;

    /** SOCK_RAW | SOCK_CLOEXEC, sys/socket.h. */
    static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;

    /** SOL_SOCKET, asm-generic/socket.h. */
    static final int SOL_SOCKET = 1;

    /** SO_SNDBUF, asm-generic/socket.h. */
    static final int SO_SNDBUF = 7;

    /** SO_RCVBUF, asm-generic/socket.h. */
    static final int SO_RCVBUF = 8;

    /** SO_RCVTIMEO, asm-generic/socket.h. */
    static final int SO_RCVTIMEO = 20;

    /** SO_SNDBUFFORCE, asm-generic/socket.h; ignores net.core.wmem_max, needs CAP_NET_ADMIN. */
    static final int SO_SNDBUFFORCE = 32;

    /** SO_RCVBUFFORCE, asm-generic/socket.h; ignores net.core.rmem_max, needs CAP_NET_ADMIN. */
    static final int SO_RCVBUFFORCE = 33;

    /** SOL_NETLINK, linux/socket.h. */
    static final int SOL_NETLINK = 270;

    /**
     * MSG_TRUNC, sys/socket.h: the result is the length of the datagram even if the buffer was too
     * small.
     */
    static final int MSG_TRUNC = 0x20;

    /** MSG_DONTWAIT, sys/socket.h. */
    static final int MSG_DONTWAIT = 0x40;

    /** O_RDONLY | O_CLOEXEC, fcntl.h. */
    static final int O_RDONLY_CLOEXEC = 0x80000;

    /** CLONE_NEWNET, linux/sched.h. */
    static final int CLONE_NEWNET = 0x40000000;

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
    private static final MethodHandle RECV =
            find("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE =
            find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN =
            find("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETNS =
            find("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private final MemorySegment capture;

    Libc(Arena arena) {
        this.capture = arena.allocate(CAPTURE);
    }

    /** Why the last call failed; positive. */
    int errno() {
        return (int) ERRNO.get(capture, 0L);
    }

    int socket(int domain, int type, int protocol) {
        try {
            return (int) SOCKET.invokeExact(capture, domain, type, protocol);
        } catch (Throwable t) {
            throw fault("socket", t);
        }
    }

    int bind(int fd, MemorySegment address) {
        try {
            return (int) BIND.invokeExact(capture, fd, address, (int) address.byteSize());
        } catch (Throwable t) {
            throw fault("bind", t);
        }
    }

    int connect(int fd, MemorySegment address) {
        try {
            return (int) CONNECT.invokeExact(capture, fd, address, (int) address.byteSize());
        } catch (Throwable t) {
            throw fault("connect", t);
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

    long send(int fd, MemorySegment buffer, long length) {
        try {
            return (long) SEND.invokeExact(capture, fd, buffer, length, 0);
        } catch (Throwable t) {
            throw fault("send", t);
        }
    }

    long recv(int fd, MemorySegment buffer, int flags) {
        try {
            return (long) RECV.invokeExact(capture, fd, buffer, buffer.byteSize(), flags);
        } catch (Throwable t) {
            throw fault("recv", t);
        }
    }

    int close(int fd) {
        try {
            return (int) CLOSE.invokeExact(capture, fd);
        } catch (Throwable t) {
            throw fault("close", t);
        }
    }

    int open(MemorySegment path, int flags) {
        try {
            return (int) OPEN.invokeExact(capture, path, flags);
        } catch (Throwable t) {
            throw fault("open", t);
        }
    }

    int setns(int fd, int type) {
        try {
            return (int) SETNS.invokeExact(capture, fd, type);
        } catch (Throwable t) {
            throw fault("setns", t);
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
