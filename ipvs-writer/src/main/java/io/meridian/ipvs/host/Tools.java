package io.meridian.ipvs.host;

/**
 * The programs for one address family.
 *
 * @param iptables path of iptables or ip6tables
 * @param ipset path of ipset
 * @param commands runs them
 */
record Tools(String iptables, String ipset, Commands commands) {}
