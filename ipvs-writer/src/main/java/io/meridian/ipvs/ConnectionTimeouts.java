package io.meridian.ipvs;

import java.time.Duration;

/**
 * After what silence the kernel forgets a connection; whole seconds, 0 s leaves the kernel's own.
 *
 * @param tcp of an established connection; the kernel's own is 900 s
 * @param tcpFin of a connection that one side has closed; the kernel's own is 120 s
 * @param udp of a flow; the kernel's own is 300 s
 */
public record ConnectionTimeouts(Duration tcp, Duration tcpFin, Duration udp) {
    /** The kernel's own, all three. */
    public static final ConnectionTimeouts UNTOUCHED =
            new ConnectionTimeouts(Duration.ZERO, Duration.ZERO, Duration.ZERO);
}
