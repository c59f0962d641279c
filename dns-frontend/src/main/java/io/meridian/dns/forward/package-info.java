/** Asks other servers for names outside our zones. */
package io.meridian.dns.forward;
