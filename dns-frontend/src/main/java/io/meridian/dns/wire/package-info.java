/** Decodes and encodes DNS messages. Pure: no sockets, no zones. */
@NullMarked
package io.meridian.dns.wire;

import org.jspecify.annotations.NullMarked;
