/**
 * HTTP/1.1 over plain sockets, small and literal: it writes exactly the bytes it is told to write,
 * which is what a stand-in for another server needs. Not a general web server: no TLS, no chunked
 * answers, no pipelining.
 */
package io.meridian.testkit.http;
