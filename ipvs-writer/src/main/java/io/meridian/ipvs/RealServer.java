package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;

/**
 * One destination of a virtual server; configuration only, no counters.
 *
 * @param endpoint where connections go; with {@link Forwarding#MASQUERADE} of the virtual server's
 *     address family
 * @param weight share of new connections relative to its siblings, 0..65535; 0 keeps existing
 *     connections and takes no new ones
 * @param upperThreshold number of connections above which it takes no new ones; 0 is none
 * @param lowerThreshold number of connections below which it takes new ones again; 0 leaves that to
 *     the kernel
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

    /** Masqueraded, without thresholds. */
    public static RealServer masquerade(Endpoint endpoint, int weight) {
        return new RealServer(endpoint, weight, Forwarding.MASQUERADE, 0, 0);
    }

    /** Takes new connections. */
    public boolean serves() {
        return weight > 0;
    }

    /** The same with another weight. */
    public RealServer with(int otherWeight) {
        return otherWeight == weight
                ? this
                : new RealServer(endpoint, otherWeight, forwarding, upperThreshold, lowerThreshold);
    }
}
