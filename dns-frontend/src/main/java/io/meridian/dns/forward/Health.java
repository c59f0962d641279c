package io.meridian.dns.forward;

/**
 * Recent failures of an upstream server, each of which counts half after every half-life. So a
 * server that was down is asked again by itself; dcos-net counts since its start and never forgets
 * (specs: dcos-net 1.7).
 *
 * @param failures weight of the failures at the instant {@code at}, 0..{@value #MOST}
 * @param at nanoseconds of the clock that all calls use
 */
record Health(double failures, long at) {
    /**
     * Upper bound of the weight: ten half-lives after its last failure a server has no failures
     * left.
     */
    static final double MOST = 512;

    static final Health GOOD = new Health(0, 0);

    double failures(long now, long failureHalfLife) {
        return failures == 0
                ? 0
                : failures * Math.pow(0.5, Math.max(0, now - at) / (double) failureHalfLife);
    }

    Health failed(long now, long failureHalfLife) {
        return new Health(Math.min(MOST, failures(now, failureHalfLife) + 1), now);
    }

    /** The health after an answer, which halves the weight of all failures. */
    Health answered(long now, long failureHalfLife) {
        return new Health(failures(now, failureHalfLife) / 2, now);
    }

    /**
     * The order in which servers are asked, lowest first: 0, 1, 2..3, 4..7 ... failures have rank
     * 0, 1, 2, 3 ...
     */
    int rank(long now, long failureHalfLife) {
        return Integer.SIZE
                - Integer.numberOfLeadingZeros((int) Math.round(failures(now, failureHalfLife)));
    }
}
