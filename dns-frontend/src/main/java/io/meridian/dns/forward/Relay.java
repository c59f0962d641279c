package io.meridian.dns.forward;

import io.meridian.dns.wire.Response;

import java.util.Optional;

/**
 * What a client gets to hear from elsewhere.
 *
 * @param response what a server said; empty: nobody said anything
 * @param rule what becomes of the TTLs in it
 */
public record Relay(Optional<Response> response, Response.TtlRule rule) {
    /** Nobody answered: the client is told SERVFAIL. */
    public static final Relay NOTHING = new Relay(Optional.empty(), ttl -> ttl);
}
