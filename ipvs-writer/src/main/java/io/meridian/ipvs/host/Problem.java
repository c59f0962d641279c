package io.meridian.ipvs.host;

/**
 * A prerequisite of the host that is not met.
 *
 * @param row such as {@code rule=iptables/nat/POSTROUTING}
 * @param message failure, cause, consequence for traffic, and remedy
 */
public record Problem(String row, String message) {}
