/** DNS messages: bytes to queries, answers to bytes. Pure; no sockets, no zones. */
package io.meridian.dns.wire;
