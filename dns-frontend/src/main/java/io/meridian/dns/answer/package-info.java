/** What is in our zones and how a query finds it. Pure; no sockets, no bytes. */
package io.meridian.dns.answer;
