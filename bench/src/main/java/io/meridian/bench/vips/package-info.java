/** A Marathon with thousands of VIPs, whose tasks change all the time. */
package io.meridian.bench.vips;
