package io.meridian.bench;

import java.util.Arrays;

/** Quantiles of measured times by the nearest rank. Immutable. */
public final class Quantiles {
    private final double[] sorted;

    /**
     * @param millis in any order; copied
     */
    public Quantiles(double[] millis) {
        sorted = millis.clone();
        Arrays.sort(sorted);
    }

    /**
     * Returns one quantile in ms; 0 without values.
     *
     * @param share 0 to 1; 1 is the largest value
     */
    public double at(double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }
}
