/** Programs that {@code bench/dns/run} starts. */
package io.meridian.bench;
