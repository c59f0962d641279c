/**
 * The DNS front end: answers queries over UDP and TCP from images of the zone table and the VIP
 * table. {@link io.meridian.dns.DnsFrontend} starts it.
 */
@NullMarked
package io.meridian.dns;

import org.jspecify.annotations.NullMarked;
