package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;

import java.time.Duration;

/**
 * A virtual server's configuration, without counters and real servers.
 *
 * @param scheduler name of the kernel's scheduler, 1..15 characters, such as {@code wlc}
 * @param flags {@code IP_VS_SVC_F_*} of linux/ip_vs.h without {@code IP_VS_SVC_F_HASHED}, which the
 *     kernel sets
 * @param timeoutSeconds duration of session affinity; only with {@link #PERSISTENT}
 * @param prefixLength number of leading address bits that identify a client, 1..32 or 1..128; only
 *     with {@link #PERSISTENT}
 */
public record VirtualServer(
        Endpoint endpoint, String scheduler, int flags, int timeoutSeconds, int prefixLength) {
    /** IP_VS_SVC_F_PERSISTENT, linux/ip_vs.h. */
    public static final int PERSISTENT = 0x0001;

    /** IP_VS_SVC_F_HASHED, linux/ip_vs.h. */
    public static final int HASHED = 0x0002;

    /** IP_VS_SVC_F_ONEPACKET, linux/ip_vs.h. */
    public static final int ONE_PACKET = 0x0004;

    /** Weighted least-connection, DC/OS's scheduler for every VIP. */
    public static final String WLC = "wlc";

    private static final int MAX_SCHEDULER = 15; // IP_VS_SCHEDNAME_MAXLEN - 1

    public VirtualServer {
        int bits = endpoint.address().isIpv4() ? 32 : 128;
        if (scheduler.isEmpty() || scheduler.length() > MAX_SCHEDULER) {
            throw new IllegalArgumentException(
                    "scheduler must have 1 to 15 characters: was \"" + scheduler + "\"");
        }
        if ((flags & HASHED) != 0) {
            throw new IllegalArgumentException(
                    "flag HASHED belongs to the kernel: was 0x" + Integer.toHexString(flags));
        }
        if (timeoutSeconds < 0) {
            throw new IllegalArgumentException(
                    "timeout must not be negative: was " + timeoutSeconds + " s");
        }
        if (prefixLength < 1 || prefixLength > bits) {
            throw new IllegalArgumentException(
                    "prefix length must be between 1 and " + bits + ": was " + prefixLength);
        }
    }

    /** A virtual server without session affinity. */
    public static VirtualServer of(Endpoint endpoint, String scheduler) {
        return new VirtualServer(endpoint, scheduler, 0, 0, endpoint.address().isIpv4() ? 32 : 128);
    }

    /** A copy with another scheduler. */
    public VirtualServer with(String otherScheduler) {
        return otherScheduler.equals(scheduler)
                ? this
                : new VirtualServer(endpoint, otherScheduler, flags, timeoutSeconds, prefixLength);
    }

    /**
     * A copy with session affinity for each client address.
     *
     * @param time since a client's last connection, 1 s or more
     */
    public VirtualServer persistent(Duration time) {
        return new VirtualServer(
                endpoint,
                scheduler,
                flags | PERSISTENT,
                Math.toIntExact(time.toSeconds()),
                prefixLength);
    }

    /** Whether the virtual server has session affinity. */
    public boolean isPersistent() {
        return (flags & PERSISTENT) != 0;
    }
}
