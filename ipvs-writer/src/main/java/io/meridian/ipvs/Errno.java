package io.meridian.ipvs;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Why the kernel refused; the numbers of {@code asm-generic/errno-base.h} and {@code errno.h}. */
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
    EADDRNOTAVAIL(99, "address not available"),
    ENETDOWN(100, "network is down"),
    ENETUNREACH(101, "network is unreachable"),
    ENOBUFS(105, "no buffer space"),
    ECONNREFUSED(111, "connection refused"),
    /** Any number that this list lacks. */
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

    public String text() {
        return text;
    }

    /** The constant with that positive number; {@link #OTHER} if this list lacks it. */
    public static Errno of(int number) {
        return BY_NUMBER.getOrDefault(number, OTHER);
    }
}
