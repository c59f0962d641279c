package io.meridian.libc;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Error numbers of Linux: {@code asm-generic/errno-base.h} and {@code asm-generic/errno.h}. Holds
 * those that Meridian handles or that an operator is likely to see.
 */
public enum Errno {
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such entry"),
    ESRCH(3, "no such object"),
    EINTR(4, "interrupted"),
    EIO(5, "input/output error"),
    ENXIO(6, "no such device or address"),
    EBADF(9, "bad file descriptor"),
    EAGAIN(11, "no answer in time"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied"),
    EBUSY(16, "busy"),
    EEXIST(17, "exists already"),
    ENODEV(19, "no such device"),
    EINVAL(22, "invalid argument"),
    ENOSPC(28, "no space left"),
    ERANGE(34, "out of range"),
    ENOSYS(38, "not implemented"),
    EMSGSIZE(90, "message too long"),
    ENOPROTOOPT(92, "option not available"),
    EPROTONOSUPPORT(93, "protocol not supported"),
    EOPNOTSUPP(95, "operation not supported"),
    EAFNOSUPPORT(97, "address family not supported"),
    EADDRINUSE(98, "address already in use"),
    EADDRNOTAVAIL(99, "address not available"),
    ENETDOWN(100, "network is down"),
    ENETUNREACH(101, "network is unreachable"),
    ENOBUFS(105, "no buffer space"),
    ECONNREFUSED(111, "connection refused"),
    /** Stands for every number without a constant. */
    OTHER(-1, "unknown error");

    private static final Map<Integer, Errno> BY_NUMBER =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(Errno::number, Function.identity()));

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The positive number; -1 for {@link #OTHER}. */
    public int number() {
        return number;
    }

    /** A few words in English, such as {@code no such device}. */
    public String text() {
        return text;
    }

    /** Formats an errno for messages: {@code EADDRINUSE (98), address already in use}. */
    public static String describe(int number) {
        Errno errno = of(number);
        return errno + " (" + number + "), " + errno.text;
    }

    /**
     * @param number as errno has it, positive
     * @return {@link #OTHER} if the number has no constant
     */
    public static Errno of(int number) {
        return BY_NUMBER.getOrDefault(number, OTHER);
    }
}
