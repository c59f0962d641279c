/** Addresses, ports, protocols and DNS labels. Nothing in here can start a name lookup. */
package io.meridian.domain.net;
