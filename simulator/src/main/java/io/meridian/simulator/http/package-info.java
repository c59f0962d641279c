/**
 * An HTTP/1.1 server over plain sockets that stands in for other servers.
 *
 * <p>{@link io.meridian.simulator.http.WireServer} writes exactly the bytes that its handler gives
 * it. It is not a general web server: it has no TLS, no chunked answers and no pipelining.
 */
@NullMarked
package io.meridian.simulator.http;

import org.jspecify.annotations.NullMarked;
