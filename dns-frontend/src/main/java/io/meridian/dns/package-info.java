/**
 * The DNS front end: zone and VIP images in, answers over UDP and TCP out. {@link
 * io.meridian.dns.DnsFrontend} starts it.
 */
package io.meridian.dns;
