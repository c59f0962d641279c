package io.meridian.dns.forward;

/**
 * How a server has done of late: its failures, each worth half as much after every half-life, so
 * that a server that was down is tried again without anybody's doing. dcos-net counts since its
 * start and never forgets (specs: dcos-net 1.7).
 *
 * @param failures at the instant {@code at}, 0..{@value #MOST}
 * @param at nanoseconds of the clock that all calls use
 */
record Health(double failures, long at) {
    /** Ten half-lives after the last failure a server that was long down is as good as new. */
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

    /** An answer makes up for half of what was. */
    Health answered(long now, long failureHalfLife) {
        return new Health(failures(now, failureHalfLife) / 2, now);
    }

    /** 0, 1, 2..3, 4..7 ... failures are ranks 0, 1, 2, 3 ...; lower is asked first. */
    int rank(long now, long failureHalfLife) {
        return Integer.SIZE
                - Integer.numberOfLeadingZeros((int) Math.round(failures(now, failureHalfLife)));
    }
}
