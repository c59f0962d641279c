/** How many answers a client's network may get. */
package io.meridian.dns.limit;
