/** Addresses, ports and protocols. Nothing in here can start a name lookup. */
package io.meridian.domain.net;
