package io.meridian.ipvs;

import java.time.Duration;

/**
 * Idle times after which the kernel drops a connection's entry; whole seconds, 0 s keeps the
 * kernel's default.
 *
 * @param tcp of an established connection; the kernel's default is 900 s
 * @param tcpFin of a connection that one side closed; the kernel's default is 120 s
 * @param udp of a flow; the kernel's default is 300 s
 */
public record ConnectionTimeouts(Duration tcp, Duration tcpFin, Duration udp) {
    /** Keeps all defaults of the kernel. */
    public static final ConnectionTimeouts UNTOUCHED =
            new ConnectionTimeouts(Duration.ZERO, Duration.ZERO, Duration.ZERO);
}
