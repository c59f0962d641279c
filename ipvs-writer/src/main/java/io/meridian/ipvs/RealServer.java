package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;

/**
 * A real server's configuration, without counters.
 *
 * @param endpoint destination; of the virtual server's address family with {@link
 *     Forwarding#MASQUERADE}
 * @param weight share of new connections relative to its siblings, 0..65535; with 0 the real server
 *     keeps its connections and gets no new ones
 * @param upperThreshold connections above which the real server gets no new ones; 0 is none
 * @param lowerThreshold connections below which the real server gets new ones again; 0 leaves that
 *     to the kernel
 */
public record RealServer(
        Endpoint endpoint,
        int weight,
        Forwarding forwarding,
        int upperThreshold,
        int lowerThreshold) {
    private static final int MAX_WEIGHT = 65535;

    public RealServer {
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight must be between 0 and 65535: was " + weight);
        }
    }

    /** A masqueraded real server without thresholds. */
    public static RealServer masquerade(Endpoint endpoint, int weight) {
        return new RealServer(endpoint, weight, Forwarding.MASQUERADE, 0, 0);
    }

    /** Whether the real server takes new connections. */
    public boolean serves() {
        return weight > 0;
    }

    /** A copy with another weight. */
    public RealServer with(int otherWeight) {
        return otherWeight == weight
                ? this
                : new RealServer(endpoint, otherWeight, forwarding, upperThreshold, lowerThreshold);
    }
}
