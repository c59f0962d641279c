package io.meridian.ipvs.host;

/**
 * Programs of one address family, and how they are run.
 *
 * @param iptables "iptables" or "ip6tables"
 */
record Tools(String iptables, String ipset, Commands commands) {}
