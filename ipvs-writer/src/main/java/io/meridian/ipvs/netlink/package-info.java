/** Codecs of generic netlink's IPVS family: linux/ip_vs.h. */
package io.meridian.ipvs.netlink;
