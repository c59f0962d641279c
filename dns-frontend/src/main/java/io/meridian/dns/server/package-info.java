/** Sockets and threads that carry queries to the answerer and answers back. */
package io.meridian.dns.server;
