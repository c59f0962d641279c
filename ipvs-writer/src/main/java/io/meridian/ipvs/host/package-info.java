/**
 * What this host needs around the IPVS table: kernel modules, kernel settings, firewall rules and
 * the set of VIPs that port mapping must leave alone. Decisions are pure; {@code Programs} runs
 * {@code iptables}, {@code ipset} and {@code modprobe}.
 */
package io.meridian.ipvs.host;
