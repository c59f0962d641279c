/** DNS messages: bytes to queries, answers to bytes. Pure; no sockets, no zones. */
@NullMarked
package io.meridian.dns.wire;

import org.jspecify.annotations.NullMarked;
