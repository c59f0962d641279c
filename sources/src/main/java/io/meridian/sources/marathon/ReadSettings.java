package io.meridian.sources.marathon;

import java.time.Duration;

/**
 * When services are read again.
 *
 * @param debounce a service is read once nothing was said of it for this long
 * @param longestDebounce but at the latest after this
 * @param inFlight single reads at a time
 * @param listingThreshold more services than this that are due are one full listing
 */
record ReadSettings(
        Duration debounce, Duration longestDebounce, int inFlight, int listingThreshold) {}
