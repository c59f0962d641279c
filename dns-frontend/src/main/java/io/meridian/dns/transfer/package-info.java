/**
 * Zones for other name servers: transfers out (RFC 5936, RFC 1995), their history, NOTIFY (RFC
 * 1996) and signatures (RFC 8945).
 */
@NullMarked
package io.meridian.dns.transfer;

import org.jspecify.annotations.NullMarked;
