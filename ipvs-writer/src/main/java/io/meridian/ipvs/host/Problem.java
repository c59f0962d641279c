package io.meridian.ipvs.host;

/**
 * Something around the table that is not as it should be.
 *
 * @param row what it is about, such as {@code rule=iptables/nat/POSTROUTING}
 * @param message what failed, why, what that means for traffic, what to do
 */
public record Problem(String row, String message) {}
