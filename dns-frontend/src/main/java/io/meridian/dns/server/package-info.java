/** Sockets and threads that receive queries and send replies (RFC 1035, RFC 7766). */
@NullMarked
package io.meridian.dns.server;

import org.jspecify.annotations.NullMarked;
